#include "columns.hpp"

#include <cmath>
#include <limits>

#include "wide.hpp"

namespace hetao {

namespace {
constexpr std::size_t BLOCK = 256;  // columns at a time: what the sums of one block need stays in the first cache
constexpr double INF = std::numeric_limits<double>::infinity();
}

HETAO_WIDE void dots(const Columns &columns, int rows, std::size_t begin, std::size_t end, const double *p,
                     double *one) {
    for (std::size_t from = begin; from < end; from += BLOCK) {
        const std::size_t n = end - from < BLOCK ? end - from : BLOCK;
        double *__restrict out = one + from;
        for (std::size_t k = 0; k < n; ++k) out[k] = 0.0;
        for (int i = 0; i < rows; ++i) {
            const double *__restrict a = columns.row(i) + from, w = p[i];
            for (std::size_t k = 0; k < n; ++k) out[k] += w * a[k];
        }
    }
}

HETAO_WIDE void two_dots(const Columns &columns, int rows, const double *p, const double *q, double *one,
                         double *two) {
    for (std::size_t from = 0; from < columns.count; from += BLOCK) {
        const std::size_t n = columns.count - from < BLOCK ? columns.count - from : BLOCK;
        double *__restrict first = one + from, *__restrict second = two + from;
        for (std::size_t k = 0; k < n; ++k) first[k] = second[k] = 0.0;
        for (int i = 0; i < rows; ++i) {
            const double *__restrict a = columns.row(i) + from, u = p[i], v = q[i];
            for (std::size_t k = 0; k < n; ++k) {
                first[k] += u * a[k];
                second[k] += v * a[k];
            }
        }
    }
}

HETAO_WIDE void sized_dots(const Columns &columns, int rows, const double *p, double *one, double *size) {
    for (std::size_t from = 0; from < columns.count; from += BLOCK) {
        const std::size_t n = columns.count - from < BLOCK ? columns.count - from : BLOCK;
        double *__restrict first = one + from, *__restrict second = size + from;
        for (std::size_t k = 0; k < n; ++k) first[k] = second[k] = 0.0;
        for (int i = 0; i < rows; ++i) {
            const double *__restrict a = columns.row(i) + from, w = p[i];
            for (std::size_t k = 0; k < n; ++k) {
                const double term = w * a[k];
                first[k] += term;
                second[k] += std::fabs(term);
            }
        }
    }
}

HETAO_WIDE double least_ratio(const double *over, const double *under, std::size_t count, double least, double give) {
    constexpr std::size_t LANES = 8;
    double found[LANES];
    for (double &lane : found) lane = INF;
    std::size_t k = 0;
    for (; k + LANES <= count; k += LANES) {
        for (std::size_t j = 0; j < LANES; ++j) {
            const double d = over[k + j] > 0.0 ? over[k + j] : 0.0, a = under[k + j];
            const double ratio = (d + give) / -a, counts = a < -least ? ratio : INF;
            found[j] = counts < found[j] ? counts : found[j];
        }
    }
    for (; k < count; ++k) {
        const double d = over[k] > 0.0 ? over[k] : 0.0;
        if (under[k] < -least && (d + give) / -under[k] < found[0]) found[0] = (d + give) / -under[k];
    }
    for (const double lane : found)
        if (lane < found[0]) found[0] = lane;
    return found[0];
}

}  // namespace hetao
