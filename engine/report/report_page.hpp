// A report as one HTML page that needs nothing else: no network, no script. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/report/report_data.hpp"

namespace retort::engine {

// What the file begins with, by which a later report knows that it may take its place.
inline constexpr std::string_view report_mark = "<!DOCTYPE html>\n<!-- a report of retort -->\n";

std::string report_page(const found_run& of, const report_data& what);

}  // namespace retort::engine
