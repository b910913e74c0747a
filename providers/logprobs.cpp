#include "providers/logprobs.hpp"

#include "providers/json_fields.hpp"

namespace retort::providers {
namespace {

bool append_one(simdjson::dom::element from, std::uint32_t rank, std::vector<scored_token>& to) {
  double logprob = 0;
  if (from["logprob"].get(logprob)) return false;
  to.push_back({std::string(text_at(from["token"])), logprob, rank});
  return true;
}

}  // namespace

void append_logprobs(json_result list, std::vector<scored_token>& to) {
  for_elements(list, [&](simdjson::dom::element each) {
    if (!append_one(each, 0, to)) return;
    std::uint32_t rank = 0;
    for_elements(each["top_logprobs"],
                 [&](simdjson::dom::element other) { append_one(other, ++rank, to); });
  });
}

}  // namespace retort::providers
