// The charts of a report. Pure; any thread.
#pragma once

#include <string>

#include "engine/report/report_data.hpp"

namespace retort::engine {

// How latencies, lengths and scores are spread; "" where there is nothing.
std::string histogram_charts(const report_data& what);
// What went on when.
std::string time_charts(const report_data& what);

}  // namespace retort::engine
