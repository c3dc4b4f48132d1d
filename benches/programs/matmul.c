/* A product of two 600 by 600 matrices of doubles. */
#include <stdio.h>

enum { N = 600 };
static double a[N][N], b[N][N], columns[N][N], out[N][N];

static void fill(double m[N][N], double seed) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) m[i][j] = seed * (double)(i - j) * (double)(i + j);
}

int main(void) {
    fill(a, 1.0 / (double)N / (double)N);
    fill(b, 2.0 / (double)N / (double)N);
    for (int j = 0; j < N; j++)
        for (int k = 0; k < N; k++) columns[j][k] = b[k][j];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0.0;
            for (int k = 0; k < N; k++) sum += a[i][k] * columns[j][k];
            out[i][j] = sum;
        }
    printf("%.9f\n", out[N / 2][N / 2]);
    return 0;
}
