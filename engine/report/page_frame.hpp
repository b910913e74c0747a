// What every page of ours has: its head with the style, parts, tiles, a grid of charts. Light and
// dark, for a screen, a phone and paper; neither script nor network. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::engine {

// Up to the body's first link, which goes to the part named. `mark`: what the file begins with; the
// name is escaped here.
std::string page_head(std::string_view mark, std::string_view name, std::string_view first_part);
// A figure, large, and what it is. Both are HTML already.
std::string page_tile(std::string_view name, const std::string& value);
// "" where there is nothing inside.
std::string page_section(std::string_view id, std::string_view title, const std::string& inside);
std::string chart_grid(const std::string& figures);

}  // namespace retort::engine
