// How far a run is, for Prometheus: its text format 0.0.4, every value with the label `run`. Pure.
#pragma once

#include <string>
#include <string_view>

#include "engine/record/progress.hpp"

namespace retort::engine {

std::string progress_metrics(const progress_snapshot& at, std::string_view run);

}  // namespace retort::engine
