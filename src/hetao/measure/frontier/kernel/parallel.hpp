// A loop over parts on several threads. What a part computes may depend on its number only, never on its thread.
#pragma once

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace hetao {

template <class Work>  // work(part) for 0 ≤ part < parts
void in_parallel(std::size_t parts, unsigned threads, const Work &work) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failed;
    std::mutex guard;
    const auto run = [&] {
        try {
            for (std::size_t part = next++; part < parts; part = next++) work(part);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(guard);
            failed = std::current_exception();
            next = parts;
        }
    };
    std::vector<std::thread> others;
    for (unsigned t = 1; t < threads && t < parts; ++t) others.emplace_back(run);
    run();
    for (std::thread &other : others) other.join();
    if (failed) std::rethrow_exception(failed);
}

}  // namespace hetao
