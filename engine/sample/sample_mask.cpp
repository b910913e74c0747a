#include "engine/sample/sample_mask.hpp"

namespace retort::engine {
namespace {

constexpr std::string_view hidden = "***";

void mask_tokens(const key_mask& keys, std::vector<providers::scored_token>& tokens) {
  if (tokens.empty()) return;
  std::string all;
  for (const auto& one : tokens) {
    if (one.rank == 0) all += one.text;
  }
  const auto found = keys.kept_ranges(all);
  std::size_t end = 0, next = 0;
  bool masked = false;  // the token whose likeliest others follow
  for (auto& one : tokens) {
    if (one.rank == 0) {
      const std::size_t begin = end;
      end += one.text.size();
      while (next < found.size() && found[next].second <= begin) ++next;
      masked = next < found.size() && found[next].first < end;
    }
    if (masked) one.text = hidden;
    keys.mask_kept(one.text);
  }
}

// The text that is kept; what is asked by it stays as it is.
void mask_own(const key_mask& keys, std::shared_ptr<const own_sampling>& own) {
  std::string said = own->said;
  keys.mask_kept(said);
  if (said == own->said) return;
  auto masked = std::make_shared<own_sampling>(*own);
  masked->said = std::move(said);
  keys.mask_kept(masked->whole.tools);  // which views have
  own = std::move(masked);
}

void mask_calls(const key_mask& keys, std::vector<providers::tool_call>& calls) {
  for (auto& one : calls) {
    for (std::string* text : {&one.id, &one.name, &one.arguments}) keys.mask_kept(*text);
  }
}

}  // namespace

void mask_keys(const key_mask& keys, sample& in) {
  if (keys.is_empty()) return;
  auto& answer = in.completion;
  for (std::string* text :
       {&in.id, &answer.text, &answer.reasoning, &answer.refusal, &answer.finish_reason,
        &answer.model, &answer.request_id, &answer.service_tier}) {
    keys.mask_kept(*text);
  }
  mask_calls(keys, answer.tool_calls);
  for (auto& one : in.messages) {
    for (std::string* text : {&one.content, &one.name, &one.tool_call_id, &one.reasoning}) {
      keys.mask_kept(*text);
    }
    mask_calls(keys, one.tool_calls);
  }
  mask_tokens(keys, answer.logprobs);
  if (in.reference) keys.mask_kept(*in.reference);
  keys.mask_kept(in.columns);
  if (in.own) mask_own(keys, in.own);
  if (in.failure) keys.mask_kept(in.failure->message);
}

void mask_details(const key_mask& keys, sample& in) {
  if (keys.is_empty()) return;
  keys.mask_kept(in.reject_detail);
  for (evaluation& one : in.evaluations) keys.mask_kept(one.detail);
}

}  // namespace retort::engine
