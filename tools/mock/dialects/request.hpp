// One HTTP request, as the service sees it. Borrowed; any thread.
#pragma once

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace retort::mock {

constexpr std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

struct header_field {
  std::string_view name, value;
};

struct request {
  std::string_view method;
  std::string_view target;
  std::vector<header_field> fields;
  std::string_view body;
  bool keep_alive = true;

  std::string_view path() const { return path_of(target); }

  // The first of that name, in whatever case; "" when there is none.
  std::string_view field(std::string_view name) const {
    const auto same = [](unsigned char a, unsigned char b) {
      return std::tolower(a) == std::tolower(b);
    };
    for (const header_field& each : fields) {
      if (std::equal(each.name.begin(), each.name.end(), name.begin(), name.end(), same)) {
        return each.value;
      }
    }
    return {};
  }
};

}  // namespace retort::mock
