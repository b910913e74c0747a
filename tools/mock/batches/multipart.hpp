// A multipart/form-data body taken apart: RFC 7578, on RFC 2046 section 5.1. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace retort::mock {

struct form_part {
  std::string name, filename;  // filename: "" when it has none
  std::string_view body;       // in the body that was given
};

// The parts of `body`, whose boundary the content type names. errc::protocol says what is wrong.
result<std::vector<form_part>> read_form(std::string_view content_type, std::string_view body);

// The part of that name; null when there is none.
const form_part* find_part(const std::vector<form_part>& parts, std::string_view name);

}  // namespace retort::mock
