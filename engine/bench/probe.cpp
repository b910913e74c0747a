#include "engine/bench/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/bench/measured_request.hpp"
#include "engine/measure/tally.hpp"
#include "engine/workload/made_up_text.hpp"

namespace retort::engine {
namespace {

// Of one that is busy just now.
constexpr int most_tries = 4;
constexpr std::chrono::milliseconds first_wait{250}, longest_wait{5000};

constexpr std::uint64_t few_words = 16, least_words = 64;

std::uint64_t many_words(const bench_options& options) {
  const auto wanted = static_cast<std::uint64_t>(std::llround(options.input->mean));
  return few_words + std::max(least_words, wanted);
}

asked_prompt made_up_prompt(const bench_options& options, const providers::sampling& sampling,
                            std::uint64_t words, random_stream& chance) {
  asked_prompt out;
  out.messages = {{"user", made_up_text(words, chance)}};
  out.sampling = sampling;
  if (options.output) {
    out.sampling.max_tokens = std::max<std::int64_t>(1, std::llround(options.output->mean));
  }
  return out;
}

}  // namespace

probe_result look_at(const measurement& first, const bench_options& options) {
  probe_result out;
  if (first.failed) {
    out.failed = first.failed;
    out.refused = fmt::format("the first request failed, and nothing was measured: {}: {}",
                              class_of(*first.failed), first.failed->message);
    return out;
  }
  if (!first.has_content()) {
    out.refused =
        "the first answer has no content, and nothing was measured: a token's time needs a "
        "token (more room for the answer: --output-tokens, sampling.max_tokens)";
    return out;
  }
  if (options.streams && first.chunks == 0) {
    out.refused =
        "the endpoint does not stream (it answered in one piece), so that ttft, tpot and "
        "icl cannot be measured; --whole measures the rest";
    return out;
  }
  if (!output_tokens(first)) {
    out.notes.push_back(
        "the endpoint does not tell how many tokens an answer has: tpot, ntpot and "
        "tokens/s are missing");
  }
  return out;
}

std::optional<std::chrono::milliseconds> wait_before_again(const probe_result& seen, int tries,
                                                           std::chrono::milliseconds waited) {
  using std::chrono::milliseconds;
  if (!seen.failed || seen.failed->kind == providers::failure_kind::timeout) return std::nullopt;
  if (!providers::is_transient(seen.failed->kind) || tries >= most_tries) return std::nullopt;
  if (waited >= longest_wait) return std::nullopt;
  const milliseconds usual = first_wait * (1 << (tries - 1));
  const milliseconds wanted = std::max(usual, seen.failed->retry_after.value_or(milliseconds(0)));
  return std::min(wanted, longest_wait - waited);
}

io::awaitable<> probe(endpoint* to, const bench_options* options, const asked_prompt* own,
                      const providers::sampling* sampling, probe_result* into) {
  random_stream chance(options->nonce, drawn_for::subset);
  asked_prompt few, many;
  if (own == nullptr) {
    few = made_up_prompt(*options, *sampling, few_words, chance);
    many = made_up_prompt(*options, *sampling, many_words(*options), chance);
  }
  measurement first, second;
  const asked_prompt* const asked = own == nullptr ? &few : own;
  if (into->first) {
    first = *into->first;
  } else {
    co_await measure(to, asked, options->streams, &first);
  }
  *into = look_at(first, *options);
  if (into->refused.empty()) into->first = first;
  if (own != nullptr || !into->refused.empty()) co_return;
  co_await measure(to, &many, options->streams, &second);
  if (second.failed) {
    *into = look_at(second, *options);
    into->first = first;
    co_return;
  }
  into->scale = scale_of(few_words, first.used.input, many_words(*options), second.used.input);
  if (!into->scale.is_told) {
    into->notes.push_back(
        "the endpoint does not tell how many tokens a prompt has: --input-tokens "
        "are words");
  }
}

}  // namespace retort::engine
