#include "engine/workload/wake_delay.hpp"

#include <algorithm>

namespace retort::engine {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr int sleeps = 32;
constexpr std::chrono::microseconds each_sleep{500};
constexpr nanoseconds longest{100'000};

}  // namespace

nanoseconds usual_delay(std::vector<nanoseconds> measured) {
  if (measured.empty()) return nanoseconds(0);
  const auto quarter = measured.begin() + static_cast<std::ptrdiff_t>(measured.size() / 4);
  std::nth_element(measured.begin(), quarter, measured.end());
  return std::clamp(*quarter, nanoseconds(0), longest);
}

io::awaitable<nanoseconds> measure_wake_delay(io::executor on) {
  std::vector<nanoseconds> measured;
  for (int i = 0; i < sleeps; ++i) {
    const auto until = clock::now() + each_sleep;
    co_await io::sleep_until(on, until);
    measured.push_back(clock::now() - until);
  }
  co_return usual_delay(std::move(measured));
}

}  // namespace retort::engine
