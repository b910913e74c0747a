// How values are spread, as a chart: bars of equal ratio from the smallest to the largest, since
// such things spread over powers of ten. Pure; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/statistics/log_histogram.hpp"

namespace retort::engine {

// "" of nothing. `name`: what a value is called.
std::string spread_chart(std::string_view caption, const log_histogram& of,
                         const std::function<std::string(double)>& name);

}  // namespace retort::engine
