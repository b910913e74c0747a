// Reads members of a response that may be missing, null or of another type than the documents say:
// none of that is an error by itself. Views live as long as the document. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "providers/body/json_body.hpp"

namespace retort::providers {

// An element that is there, as the functions below take it.
inline json_result found(simdjson::dom::element value) {
  return json_result(simdjson::dom::element(value));
}

// A text; "" for anything else.
std::string_view text_at(json_result value);

// The text takes the place of `into`, if there is one.
void take_text(json_result value, std::string& into);

// A count of at least 0; `otherwise` for anything else. It may come as 10.0 or as "10".
std::int64_t count_at(json_result value, std::int64_t otherwise = -1);

// The same of tokens: at most `most_tokens` (types.hpp).
std::int64_t tokens_at(json_result value);

bool flag_at(json_result value);

// Appends a text, or nothing where there is none or null. False when it is something else.
bool append_text(json_result value, std::string& out);

// Calls each(element) for every element of a list; a thing that is no list has none.
template <class Each>
void for_elements(json_result list, const Each& each) {
  simdjson::dom::array elements;
  if (list.get(elements)) return;
  for (const simdjson::dom::element one : elements) each(one);
}

// Calls each(key, element) for every member of an object; a thing that is no object has none.
template <class Each>
void for_members(json_result object, const Each& each) {
  simdjson::dom::object members;
  if (object.get(members)) return;
  for (const auto& [key, value] : members) each(key, value);
}

// The elements of a list one by one; an error behind the last, and of a thing that is no list.
// (at() would count from the beginning each time.)
class list_walk {
 public:
  explicit list_walk(json_result list) { is_list_ = !list.get(list_); }
  json_result next() {
    if (!is_list_) return json_result(simdjson::INCORRECT_TYPE);
    if (!begun_) at_ = list_.begin();
    if (begun_) ++at_;
    begun_ = true;
    if (at_ != list_.end()) return found(*at_);
    is_list_ = false;
    return json_result(simdjson::INDEX_OUT_OF_BOUNDS);
  }

 private:
  simdjson::dom::array list_;
  simdjson::dom::array::iterator at_;
  bool is_list_, begun_ = false;
};

}  // namespace retort::providers
