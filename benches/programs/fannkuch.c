// Permutations in small integer arrays.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    int64_t sum, max_flips;
} Result;

static Result fannkuch(int64_t n) {
    int64_t *p = malloc((size_t)n * sizeof *p);
    int64_t *q = malloc((size_t)n * sizeof *q);
    int64_t *s = malloc((size_t)n * sizeof *s);
    if (!p || !q || !s)
        abort();
    for (int64_t i = 0; i < n; i++) {
        p[i] = i;
        q[i] = 0;
        s[i] = i;
    }
    int64_t sign = 1;
    int64_t max_flips = 0;
    int64_t sum = 0;
    for (;;) {
        int64_t q0 = p[0];
        if (q0 != 0) {
            for (int64_t i = 1; i < n; i++)
                q[i] = p[i];
            int64_t flips = 1;
            for (;;) {
                int64_t qq = q[q0];
                if (qq == 0) {
                    sum += sign * flips;
                    if (flips > max_flips)
                        max_flips = flips;
                    break;
                }
                q[q0] = q0;
                if (q0 >= 3) {
                    int64_t i = 1;
                    int64_t j = q0 - 1;
                    while (i < j) {
                        int64_t t = q[i];
                        q[i] = q[j];
                        q[j] = t;
                        i += 1;
                        j -= 1;
                    }
                }
                q0 = qq;
                flips += 1;
            }
        }
        if (sign == 1) {
            int64_t t = p[0];
            p[0] = p[1];
            p[1] = t;
            sign = -1;
        } else {
            int64_t t = p[1];
            p[1] = p[2];
            p[2] = t;
            sign = 1;
            for (int64_t i = 2; i < n; i++) {
                int64_t sx = s[i];
                if (sx != 0) {
                    s[i] = sx - 1;
                    break;
                }
                if (i == n - 1) {
                    free(p);
                    free(q);
                    free(s);
                    return (Result){sum, max_flips};
                }
                s[i] = i;
                int64_t first = p[0];
                for (int64_t j = 0; j < i + 1; j++)
                    p[j] = p[j + 1];
                p[i + 1] = first;
            }
        }
    }
}

int main(void) {
    Result r = fannkuch(10);
    printf("(%" PRId64 ", %" PRId64 ")\n", r.sum, r.max_flips);
    return 0;
}
