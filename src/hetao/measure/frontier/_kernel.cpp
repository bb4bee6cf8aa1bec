// The compiled room of the frontier: loops over units that Python is too slow for.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace nb = nanobind;

using Matrix = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Scores = nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Peers = nb::ndarray<std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

namespace {

// Free disposal hull. For each evaluated unit o: the reference unit j that is no worse in every column of `hold` and has
// the smallest largest ratio reach[j, c] / own[o, c] over the columns with own[o, c] > 0. Both tables are oriented so
// that less is better. score stays infinite and peer -1 where no reference unit is no worse.
void fdh(Matrix reach, Matrix hold, Matrix own_reach, Matrix own_hold, Scores score, Peers peer) {
    const std::size_t references = reach.shape(0), units = own_reach.shape(0);
    const std::size_t moves = reach.shape(1), holds = hold.shape(1);
    const bool fits = hold.shape(0) == references && own_hold.shape(0) == units && own_reach.shape(1) == moves &&
                      own_hold.shape(1) == holds && score.shape(0) == units && peer.shape(0) == units;
    if (!fits) throw nb::value_error("fdh: the tables' shapes do not match");
    nb::gil_scoped_release release;
    for (std::size_t o = 0; o < units; ++o) {
        const double *mine = own_reach.data() + o * moves, *held = own_hold.data() + o * holds;
        double best = std::numeric_limits<double>::infinity();
        std::int64_t who = -1;
        for (std::size_t j = 0; j < references; ++j) {
            const double *theirs = reach.data() + j * moves, *kept = hold.data() + j * holds;
            bool no_worse = true;
            for (std::size_t c = 0; c < holds && no_worse; ++c) no_worse = kept[c] <= held[c];
            if (!no_worse) continue;
            double worst = -std::numeric_limits<double>::infinity();
            for (std::size_t c = 0; c < moves && no_worse; ++c) {
                if (mine[c] != 0.0) {
                    const double ratio = theirs[c] / mine[c];
                    if (ratio > worst) worst = ratio;
                } else {
                    no_worse = theirs[c] <= 0.0;
                }
            }
            if (no_worse && worst < best) {
                best = worst;
                who = static_cast<std::int64_t>(j);
            }
        }
        score.data()[o] = best;
        peer.data()[o] = who;
    }
}

}  // namespace

NB_MODULE(_kernel, m) {
    m.doc() = "Compiled loops of the frontier.";
    m.def("fdh", &fdh, nb::arg("reach"), nb::arg("hold"), nb::arg("own_reach"), nb::arg("own_hold"), nb::arg("score"),
          nb::arg("peer"));
}
