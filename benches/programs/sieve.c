/* Marking in an array of flags. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t count_primes(int64_t limit) {
    unsigned char *is_prime = malloc((size_t)limit + 1);
    int64_t count = 0;
    memset(is_prime, 1, (size_t)limit + 1);
    for (int64_t i = 2; i <= limit; i++) {
        if (is_prime[i]) {
            count++;
            for (int64_t j = i * i; j <= limit; j += i) is_prime[j] = 0;
        }
    }
    free(is_prime);
    return count;
}

int main(void) {
    int64_t total = 0;
    for (int turn = 0; turn < 10; turn++) total += count_primes(5000000);
    printf("%" PRId64 "\n", total);
    return 0;
}
