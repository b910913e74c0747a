#include "providers/body/logprobs.hpp"

#include <limits>

#include "providers/body/json_fields.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double logprob_of(json_result value) {
  double logprob = 0;
  return value.get(logprob) ? unknown : logprob;
}

void append_one(simdjson::dom::element from, std::uint32_t rank, std::vector<scored_token>& to) {
  element token;
  if (from["token"].get(token)) return;
  to.push_back({std::string(text_at(found(token))), logprob_of(from["logprob"]), rank});
}

// A list of {token, logprob, top_logprobs}.
void append_list(json_result list, std::vector<scored_token>& to) {
  for_elements(std::move(list), [&](element each) {
    const std::size_t before = to.size();
    append_one(each, 0, to);
    if (to.size() == before) return;
    std::uint32_t rank = 0;
    for_elements(each["top_logprobs"], [&](element other) { append_one(other, ++rank, to); });
  });
}

// The older form: lists side by side of tokens, their log probabilities and, for each, a map of the
// likeliest.
void append_lists(element from, std::vector<scored_token>& to) {
  list_walk logprobs(from["token_logprobs"]), others(from["top_logprobs"]);
  for_elements(from["tokens"], [&](element token) {
    to.push_back({std::string(text_at(found(token))), logprob_of(logprobs.next()), 0});
    std::uint32_t rank = 0;
    for_members(others.next(), [&](std::string_view other, element value) {
      to.push_back({std::string(other), logprob_of(found(value)), ++rank});
    });
  });
}

}  // namespace

void append_logprobs(json_result from, std::vector<scored_token>& to) {
  element lists;
  if (from.get(lists) || !lists.is_object()) return append_list(std::move(from), to);
  if (lists["content"].error()) return append_lists(lists, to);
  append_list(lists["content"], to);
}

}  // namespace retort::providers
