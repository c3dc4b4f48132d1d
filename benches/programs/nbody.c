// Float arithmetic on structs in an array.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    double x, y, z, vx, vy, vz, mass;
} Body;

static const double SOLAR_MASS = 39.47841760435743;
static const double DAYS = 365.24;

static Body *start(int64_t *n) {
    double m = SOLAR_MASS;
    double d = DAYS;
    const Body init[] = {
        {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, m},
        {4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
         0.00166007664274403694 * d, 0.00769901118419740425 * d,
         -0.0000690460016972063023 * d, 0.000954791938424326609 * m},
        {8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
         -0.00276742510726411 * d, 0.00499852801234917238 * d,
         0.0000230417297573763929 * d, 0.000285885980666130812 * m},
        {12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
         0.00296460137564761618 * d, 0.00237847173959480950 * d,
         -0.0000296589568540237556 * d, 0.0000436624404335156298 * m},
        {15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
         0.00268067772490389322 * d, 0.00162824170038242295 * d,
         -0.0000951592254519715870 * d, 0.0000515138902046611451 * m},
    };
    Body *bodies = malloc(sizeof init);
    if (!bodies)
        abort();
    memcpy(bodies, init, sizeof init);
    *n = (int64_t)(sizeof init / sizeof init[0]);
    return bodies;
}

static double energy(const Body *bodies, int64_t n) {
    double e = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const Body *a = &bodies[i];
        e += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int64_t j = i + 1; j < n; j++) {
            const Body *b = &bodies[j];
            double dx = a->x - b->x;
            double dy = a->y - b->y;
            double dz = a->z - b->z;
            e -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return e;
}

static void advance(Body *bodies, int64_t n, double dt) {
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = i + 1; j < n; j++) {
            double dx = bodies[i].x - bodies[j].x;
            double dy = bodies[i].y - bodies[j].y;
            double dz = bodies[i].z - bodies[j].z;
            double d2 = dx * dx + dy * dy + dz * dz;
            double mag = dt / (d2 * sqrt(d2));
            double mi = bodies[i].mass * mag;
            double mj = bodies[j].mass * mag;
            bodies[i].vx -= dx * mj;
            bodies[i].vy -= dy * mj;
            bodies[i].vz -= dz * mj;
            bodies[j].vx += dx * mi;
            bodies[j].vy += dy * mi;
            bodies[j].vz += dz * mi;
        }
    }
    for (int64_t i = 0; i < n; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

int main(void) {
    int64_t n;
    Body *bodies = start(&n);
    for (int64_t r = 0; r < 2000000; r++)
        advance(bodies, n, 0.01);
    printf("%.9f\n", energy(bodies, n));
    free(bodies);
    return 0;
}
