#include "engine/text/endpoint_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <cstdint>
#include <set>
#include <system_error>

#include "io/base/url.hpp"

namespace retort::engine {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(blanks) + 1 - first);
}

error wrong(std::string_view name, std::size_t number, std::string_view what) {
  return {errc::usage, fmt::format("{}:{}: {}", name, number, what)};
}

// Boost 1.81 takes the number modulo 65,536.
bool is_port(std::string_view text) {
  std::uint16_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  return wrong == std::errc() && end == text.data() + text.size() && number > 0;
}

}  // namespace

std::string_view base_url_problem(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "http" && url->scheme() != "https")) {
    return "is not an http:// or https:// URL";
  }
  if (url->has_userinfo()) return "holds a user or password (not shown); use api_key_env";
  if (url->encoded_host().empty()) return "names no host";
  if (url->has_port() && !is_port(std::string_view(url->port())))
    return "has no port from 1 to 65535";
  if (url->has_query() || url->has_fragment()) return "has a query or fragment; expected a path";
  return "";
}

result<std::vector<std::string>> parse_endpoint_lines(std::string_view text,
                                                      std::string_view name) {
  std::vector<std::string> out;
  std::set<std::string> known;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view problem = base_url_problem(line);
    if (!problem.empty()) return wrong(name, number, fmt::format("the line {}", problem));
    while (line.ends_with('/')) line.remove_suffix(1);
    if (!known.insert(io::one_spelling(line)).second) continue;
    if (out.size() == most_endpoints) {
      return wrong(name, number, fmt::format("more than {} endpoints", most_endpoints));
    }
    out.emplace_back(line);
  }
  if (out.empty()) {
    return error{errc::usage,
                 fmt::format("{}: no endpoint in it; expected a base URL a line", name)};
  }
  return out;
}

}  // namespace retort::engine
