// JSON that a config brings as text and that goes into a request as it is. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::providers {

// What stands between the braces of an object, without the white space around it: the members, to
// be put among others. "" for an empty object; of what is no object, nothing sensible.
std::string_view members_of(std::string_view object);

// The object's member of that name as JSON text, and the object without it; "" where it is not.
struct split_object {
  std::string member;
  std::string others;  // an object
};
split_object split_member(std::string_view object, std::string_view name);

bool is_json_object(std::string_view text);

// The object without white space between its parts, so on one line; "" for what is no object.
std::string minified_object(std::string_view text);

}  // namespace retort::providers
