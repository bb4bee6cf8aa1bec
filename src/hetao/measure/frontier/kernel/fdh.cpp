#include "fdh.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "columns.hpp"
#include "parallel.hpp"
#include "wide.hpp"

namespace hetao {

namespace {

constexpr double INF = std::numeric_limits<double>::infinity();
constexpr std::size_t BLOCK = 64;    // units of a leaf, looked at together
constexpr std::size_t PART = 256;    // units that one thread scores in a row
constexpr std::size_t ROUND = 8192;  // units between two looks at the keyboard

// The largest ratio of each column of a block to the unit's own; infinite where it is worse in what is held.
HETAO_WIDE void ratios(const Columns &columns, std::size_t from, std::size_t n, std::size_t moves, const double *reach,
                       const double *hold, double *__restrict value) {
    for (std::size_t k = 0; k < n; ++k) value[k] = -INF;
    for (std::size_t i = 0; i < moves; ++i) {
        const double *__restrict a = columns.row(static_cast<int>(i)) + from;
        const double mine = reach[i];
        if (mine != 0.0) {
            for (std::size_t k = 0; k < n; ++k) {
                const double ratio = a[k] / mine;
                value[k] = ratio > value[k] ? ratio : value[k];
            }
        } else {
            for (std::size_t k = 0; k < n; ++k) value[k] = a[k] > 0.0 ? INF : value[k];
        }
    }
    for (int i = static_cast<int>(moves); i < columns.rows; ++i) {
        const double *__restrict a = columns.row(i) + from;
        const double mine = hold[i - static_cast<int>(moves)];
        for (std::size_t k = 0; k < n; ++k) value[k] = a[k] > mine ? INF : value[k];
    }
}

// The reference's columns, neighbours together: leaf after leaf of a k-d tree, each with the best of every column.
class Leaves {
  public:
    explicit Leaves(const Tables &t) : t_(t), unit_(t.count) {
        std::iota(unit_.begin(), unit_.end(), std::int64_t{0});
        split(0, t.count);
        columns_ = Columns(height(), t.count);
        columns_.count = t.count;
        const std::size_t leaves = (t.count + BLOCK - 1) / BLOCK;
        corners_ = Columns(height(), leaves);
        corners_.count = leaves;
        for (int i = 0; i < height(); ++i) {
            std::fill(corners_.row(i), corners_.row(i) + leaves, INF);
            for (std::size_t k = 0; k < t.count; ++k) {
                const double a = value(unit_[k], i);
                columns_.row(i)[k] = a;
                corners_.row(i)[k / BLOCK] = std::min(corners_.row(i)[k / BLOCK], a);
            }
        }
    }

    // The best unit for one observation and its score; `room` is scratch. A leaf whose corner is no better is passed by.
    std::int64_t best(const double *reach, const double *hold, std::int64_t banned, std::vector<double> &room, double &score) const {
        room.resize(corners_.count);
        for (std::size_t from = 0; from < corners_.count; from += BLOCK)
            ratios(corners_, from, std::min(BLOCK, corners_.count - from), t_.moves, reach, hold, room.data() + from);
        std::int64_t who = -1;
        score = INF;
        const std::size_t first = static_cast<std::size_t>(std::min_element(room.begin(), room.end()) - room.begin());
        if (corners_.count) look(first, reach, hold, banned, score, who);
        for (std::size_t leaf = 0; leaf < corners_.count; ++leaf)
            if (leaf != first && room[leaf] <= score && room[leaf] < INF) look(leaf, reach, hold, banned, score, who);
        return who;
    }

  private:
    int height() const { return static_cast<int>(t_.moves + t_.holds); }

    double value(std::int64_t unit, int i) const {
        const std::size_t u = static_cast<std::size_t>(unit), c = static_cast<std::size_t>(i);
        return c < t_.moves ? t_.reach[u * t_.moves + c] : t_.hold[u * t_.holds + c - t_.moves];
    }

    // Halve the units, at a multiple of the leaves' size, along the column that spreads most against its own size.
    void split(std::size_t from, std::size_t end) {
        if (end - from <= BLOCK) return;
        int widest = 0;
        double most = -1.0;
        for (int i = 0; i < height(); ++i) {
            double low = INF, high = -INF, size = 0.0;
            for (std::size_t k = from; k < end; ++k) {
                const double a = value(unit_[k], i);
                low = std::min(low, a), high = std::max(high, a), size += std::fabs(a);
            }
            const double spread = size > 0.0 ? (high - low) / size : 0.0;
            if (spread > most) most = spread, widest = i;
        }
        const std::size_t middle = from + (end - from + 2 * BLOCK - 1) / (2 * BLOCK) * BLOCK;
        const auto at = [&](std::size_t k) { return unit_.begin() + static_cast<std::ptrdiff_t>(k); };
        std::nth_element(at(from), at(middle), at(end), [&](std::int64_t a, std::int64_t b) {
            const double u = value(a, widest), v = value(b, widest);
            return u != v ? u < v : a < b;
        });
        split(from, middle);
        split(middle, end);
    }

    void look(std::size_t leaf, const double *reach, const double *hold, std::int64_t banned, double &score, std::int64_t &who) const {
        double found[BLOCK];
        const std::size_t from = leaf * BLOCK, n = std::min(BLOCK, columns_.count - from);
        ratios(columns_, from, n, t_.moves, reach, hold, found);
        for (std::size_t k = 0; k < n; ++k) {
            const std::int64_t unit = unit_[from + k];
            if (found[k] == INF || unit == banned) continue;
            if (found[k] < score || (found[k] == score && unit < who)) score = found[k], who = unit;
        }
    }

    const Tables &t_;
    std::vector<std::int64_t> unit_;
    Columns columns_, corners_;
};

}  // namespace

void free_disposal(const Tables &reference, const Tables &own, const std::int64_t *banned, unsigned threads,
                   const std::function<void()> &pause, double *score, std::int64_t *peer) {
    const Leaves leaves(reference);
    for (std::size_t from = 0; from < own.count; from += ROUND) {
        pause();
        const std::size_t n = std::min(ROUND, own.count - from);
        in_parallel((n + PART - 1) / PART, threads, [&](std::size_t part) {
            std::vector<double> room;
            for (std::size_t o = from + part * PART; o < from + std::min((part + 1) * PART, n); ++o)
                peer[o] = leaves.best(own.reach + o * own.moves, own.hold + o * own.holds, banned ? banned[o] : -1, room, score[o]);
        });
    }
}

}  // namespace hetao
