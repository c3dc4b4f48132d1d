/* The largest singular value of an endless matrix, by power iteration: calls and divisions. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { N = 1000 };

static double entry(int64_t i, int64_t j) {
    return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(const double *v, double *out) {
    for (int64_t i = 0; i < N; i++) {
        double sum = 0.0;
        for (int64_t j = 0; j < N; j++) sum += entry(i, j) * v[j];
        out[i] = sum;
    }
}

static void times_transposed(const double *v, double *out) {
    for (int64_t i = 0; i < N; i++) {
        double sum = 0.0;
        for (int64_t j = 0; j < N; j++) sum += entry(j, i) * v[j];
        out[i] = sum;
    }
}

int main(void) {
    static double u[N], v[N], between[N];
    for (int i = 0; i < N; i++) u[i] = 1.0;
    for (int turn = 0; turn < 10; turn++) {
        times(u, between);
        times_transposed(between, v);
        times(v, between);
        times_transposed(between, u);
    }
    double vbv = 0.0, vv = 0.0;
    for (int i = 0; i < N; i++) {
        vbv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    printf("%.9f\n", sqrt(vbv / vv));
    return 0;
}
