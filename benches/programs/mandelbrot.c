/* Float arithmetic in registers. */
#include <inttypes.h>
#include <stdio.h>

static int64_t inside(double cx, double cy) {
    double x = 0.0, y = 0.0;
    for (int64_t i = 0; i < 100; i++) {
        double x2 = x * x, y2 = y * y;
        if (x2 + y2 > 4.0) return i;
        y = 2.0 * x * y + cy;
        x = x2 - y2 + cx;
    }
    return 100;
}

int main(void) {
    const int64_t size = 1400;
    int64_t total = 0;
    for (int64_t py = 0; py < size; py++) {
        double cy = 2.0 * (double)py / (double)size - 1.0;
        for (int64_t px = 0; px < size; px++)
            total += inside(2.0 * (double)px / (double)size - 1.5, cy);
    }
    printf("%" PRId64 "\n", total);
    return 0;
}
