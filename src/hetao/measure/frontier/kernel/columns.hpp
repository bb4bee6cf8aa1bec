// Generated columns and the loops along them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace hetao {

// Columns of one height, stored row after row, so that a dot product with every column runs along memory.
struct Columns {
    int rows = 0;
    std::size_t count = 0, capacity = 0;
    std::vector<double> data;

    Columns() = default;
    Columns(int height, std::size_t room) : rows(height), capacity(room), data(static_cast<std::size_t>(height) * room) {}

    double *row(int i) { return data.data() + static_cast<std::size_t>(i) * capacity; }
    const double *row(int i) const { return data.data() + static_cast<std::size_t>(i) * capacity; }
    double at(int i, std::size_t k) const { return row(i)[k]; }

    void push(const double *column) {
        if (count == capacity) grow();
        for (int i = 0; i < rows; ++i) row(i)[count] = column[i];
        ++count;
    }
    void push(const Columns &from, std::size_t k) {
        if (count == capacity) grow();
        for (int i = 0; i < rows; ++i) row(i)[count] = from.at(i, k);
        ++count;
    }

  private:
    void grow() {
        const std::size_t room = capacity ? 2 * capacity : 64;
        std::vector<double> wider(static_cast<std::size_t>(rows) * room);
        for (int i = 0; i < rows; ++i) std::memcpy(wider.data() + i * room, row(i), count * sizeof(double));
        data.swap(wider);
        capacity = room;
    }
};

// one[k] = p · column k, for begin ≤ k < end.
void dots(const Columns &columns, int rows, std::size_t begin, std::size_t end, const double *p, double *one);

// one[k] = p · column k and two[k] = q · column k.
void two_dots(const Columns &columns, int rows, const double *p, const double *q, double *one, double *two);

// one[k] = p · column k and size[k] = |p| · |column k|, the size of its terms.
void sized_dots(const Columns &columns, int rows, const double *p, double *one, double *size);

// The least (max(over, 0) + give) / −under where under < −least; infinity where there is none.
double least_ratio(const double *over, const double *under, std::size_t count, double least, double give);

}  // namespace hetao
