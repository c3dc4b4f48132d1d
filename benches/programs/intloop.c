/* An integer loop whose branches depend on its data. */
#include <inttypes.h>
#include <stdio.h>

int main(void) {
    int64_t longest = 0, best = 0;
    for (int64_t start = 1; start < 1500000; start++) {
        int64_t n = start, steps = 0;
        while (n != 1) {
            n = n % 2 == 0 ? n / 2 : 3 * n + 1;
            steps++;
        }
        if (steps > longest) {
            longest = steps;
            best = start;
        }
    }
    printf("%" PRId64 " %" PRId64 "\n", best, longest);
    return 0;
}
