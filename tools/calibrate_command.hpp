// The measuring behind `retort bench --calibrate`; what it comes to is bench_calibration.hpp's.
#pragma once

#include <string>

namespace retort::tools {

// Returns the exit status of `retort bench`. `json`: a file, "-" or "".
int calibrate_command(const std::string& json);

}  // namespace retort::tools
