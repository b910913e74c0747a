#include "tools/mock/service.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <utility>

#include "tools/mock/filler.hpp"

namespace retort::mock {
namespace {

// As DeepSeek sends them while a request waits for its turn.
constexpr std::string_view blank_lines = "\n\n   \n\r\n";

const api_error wrong_key{401, "Incorrect API key provided.", "invalid_request_error", "",
                          "invalid_api_key"};
const api_error too_many{429, "Rate limit reached (the mock was asked to say so).", "requests", "",
                         "rate_limit_exceeded"};
const api_error broken{500, "The server had an error (the mock was asked to have one).",
                       "server_error", "", ""};
const api_error overloaded{503, "The server is overloaded (the mock was asked to say so).",
                           "server_error", "", "server_is_overloaded"};
const api_error nothing_to_replay{404, "No row of the replay file matches the last user message.",
                                  "invalid_request_error", "messages", "no_replay_match"};

api_error unknown_url(const request& asked) {
  return {404, fmt::format("Invalid URL ({} {})", asked.method, asked.target),
          "invalid_request_error", "", "unknown_url"};
}

api_error wrong_method(const request& asked) {
  return {405, fmt::format("Not allowed to {} on {}.", asked.method, asked.target),
          "invalid_request_error", "", "method_not_supported"};
}

reaction say(int status, std::string_view body, const framing& how) {
  reaction made;
  made.bytes = frame(status, body, how).bytes;
  made.then = how.close ? ending::close : ending::keep;
  return made;
}

reaction fail(const api_error& why, const framing& how) {
  return say(why.status, error_body(why), how);
}

reaction break_off(std::string bytes, ending then) {
  reaction made;
  made.bytes = std::move(bytes);
  made.then = then;
  return made;
}

// Whole seconds in Retry-After; retry-after-ms beside it when that is not exact.
std::string retry_after_headers(double seconds) {
  const double whole = std::ceil(seconds);
  std::string headers = fmt::format("retry-after: {:.0f}\r\n", whole);
  if (whole != seconds) headers += fmt::format("retry-after-ms: {:.9g}\r\n", seconds * 1000);
  return headers;
}

// The tokens that chance gave the answer, if it gave any, within what the client wants at most.
chat_answer measure(const chat_request& chat, std::uint64_t drawn, std::string_view text) {
  if (drawn == 0) return {text, tokens_in(text.size())};
  const bool cut_short = chat.max_tokens > 0 && drawn > chat.max_tokens;
  return {text, cut_short ? chat.max_tokens : drawn, cut_short};
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

batch_call batch_call_of(const request& asked, bool plain) {
  return {asked.method, asked.target,        asked.body,      asked.content_type,
          asked.host,   asked.authorization, asked.x_api_key, asked.anthropic_version,
          plain};
}

// What follows "Bearer "; "" of nothing.
std::string key_in(const std::string& bearer) {
  return bearer.substr(std::min(bearer.size(), bearer.find(' ') + 1));
}

result<std::string> bearer_from(const std::string& variable) {
  if (variable.empty()) return std::string();
  const char* key = std::getenv(variable.c_str());
  if (key == nullptr || *key == '\0') {
    return error{errc::usage, "the environment variable " + variable + " is not set"};
  }
  return "Bearer " + std::string(key);
}

}  // namespace

result<std::unique_ptr<service>> service::make(const options& chosen, tally& counted,
                                               quota_clock clock) {
  result<answer_source> answers = make_answer_source(chosen);
  if (!answers) return answers.error();
  result<std::string> bearer = bearer_from(chosen.api_key_env);
  if (!bearer) return bearer.error();
  return std::unique_ptr<service>(
      new service(chosen, counted, std::move(clock), std::move(*answers), std::move(*bearer)));
}

service::service(const options& chosen, tally& counted, quota_clock clock, answer_source answers,
                 std::string bearer)
    : chosen_(chosen),
      tally_(counted),
      answers_(std::move(answers)),
      bearer_(std::move(bearer)),
      planner_(chosen),
      clock_(std::move(clock)),
      quotas_(chosen),
      batches_(
          chosen, key_in(bearer_),
          [this](std::string_view path, std::string_view body) {
            return answer_plainly(path, body);
          },
          counted) {}

reaction service::react(const request& asked) {
  const std::string_view path = path_of(asked.target);
  if (path.ends_with("/chat/completions")) return complete(asked);
  if (std::optional<reaction> made = serve_batches(asked)) return std::move(*made);
  const framing how = plain_framing(asked);
  const bool counters = path == "/counters";
  const bool models = path.ends_with("/models");
  if (!counters && !models) return fail(unknown_url(asked), how);
  if (asked.method != "GET") return fail(wrong_method(asked), how);
  batches_.advance(std::chrono::system_clock::now());
  return say(200, counters ? to_json(tally_.snapshot()) : model_list(), how);
}

reaction service::reject(std::string message) {
  request unreadable;
  unreadable.keep_alive = false;
  return fail({400, std::move(message), "invalid_request_error", "", ""},
              plain_framing(unreadable));
}

std::optional<reaction> service::serve_batches(const request& asked) {
  const batch_call call = batch_call_of(asked, chosen_.plain);
  const std::optional<batch_reply> reply = batches_.serve(call, std::chrono::system_clock::now());
  if (!reply) return std::nullopt;
  return say(reply->status, reply->body, planned_framing(asked, {}));
}

std::pair<int, std::string> service::answer_plainly(std::string_view path, std::string_view body) {
  const auto refused = [](const api_error& why) { return std::pair(why.status, error_body(why)); };
  if (!path.ends_with("/chat/completions")) {
    return refused(
        {404, fmt::format("Invalid URL ({})", path), "invalid_request_error", "", "unknown_url"});
  }
  const auto chat = reader_.read(body);
  if (!chat) return refused(chat.error());
  const std::optional<std::string> text = answers_(chat->prompt);
  if (!text) return refused(nothing_to_replay);
  ++responses_;
  return {200, complete_chat(*chat, measure(*chat, 0, *text))};
}

reaction service::complete(const request& asked) {
  tally::mark in_flight(tally_);
  reaction made = refuse_or_answer(asked);
  made.in_flight = std::move(in_flight);
  return made;
}

reaction service::refuse_or_answer(const request& asked) {
  if (asked.method != "POST") return refuse(asked, wrong_method(asked));
  if (!bearer_.empty() && asked.authorization != bearer_) return refuse(asked, wrong_key);
  const auto chat = reader_.read(asked.body);
  if (!chat) return refuse(asked, chat.error());
  const std::optional<std::string> text = answers_(chat->prompt);
  if (!text) return refuse(asked, nothing_to_replay);
  std::optional<reaction> too_soon = over_quota(asked, *chat);
  return too_soon ? std::move(*too_soon) : answer(asked, *chat, *text);
}

std::optional<reaction> service::over_quota(const request& asked, const chat_request& chat) {
  if (!quotas_.any()) return std::nullopt;
  const auto prompt_tokens = static_cast<double>(tokens_in(chat.content_bytes));
  const std::optional<shortage> lack = quotas_.admit(prompt_tokens, clock_());
  if (!lack) return std::nullopt;
  tally_.rate_limited();
  framing how = plain_framing(asked);
  how.more_headers += retry_headers(*lack);
  reaction made =
      fail({429, message_for(*lack, chat.model), lack->of, "", "rate_limit_exceeded"}, how);
  made.metered = true;
  return made;
}

void service::settle(reaction& made) {
  if (!made.metered || made.bytes.empty()) return;
  const quotas::time_point now = clock_();
  quotas_.charge(static_cast<double>(made.output_tokens), now);
  made.bytes.insert(made.bytes.find('\n') + 1, quotas_.headers(now));
}

reaction service::refuse(const request& asked, const api_error& why) {
  tally_.refused();
  return fail(why, plain_framing(asked));
}

reaction service::answer(const request& asked, const chat_request& chat, std::string_view text) {
  const plan drawn = planner_.next();
  tally_.admitted(drawn.fault, tokens_in(chat.content_bytes));
  const chat_answer meant = measure(chat, drawn.output_tokens, text);
  framing how = planned_framing(asked, drawn);
  reaction made = enact(drawn.fault, complete_chat(chat, meant), std::move(how));
  made.delay = drawn.latency;
  made.metered = quotas_.any();
  if (!is_harmless(drawn.fault)) return made;
  made.answered = hash_of_prompt(chat.prompt, chosen_.seed);
  made.output_tokens = meant.tokens;
  return made;
}

std::string service::complete_chat(const chat_request& chat, const chat_answer& meant) const {
  if (chosen_.output_tokens == 0) return chat_completion(responses_, chat, meant);
  const std::string padded = pad_answer(meant.text, meant.tokens);
  return chat_completion(responses_, chat, {padded, meant.tokens, meant.cut_short});
}

reaction service::enact(fault drawn, const std::string& good, framing how) const {
  switch (drawn) {
    case fault::none: return say(200, good, how);
    case fault::connection_close: how.close = true; return say(200, good, how);
    case fault::blank_lines: return say(200, std::string(blank_lines) + good, how);
    case fault::invalid_json: return say(200, good.substr(0, good.size() / 2), how);
    case fault::rate_limit:
      how.more_headers += retry_after_headers(chosen_.retry_after_s);
      return fail(too_many, how);
    case fault::error_500: return fail(broken, how);
    case fault::error_503: return fail(overloaded, how);
    case fault::reset_before: return break_off("", ending::reset);
    case fault::reset_middle: return break_off(frame(200, good, how).half(), ending::reset);
    case fault::stall: return break_off(frame(200, good, how).half(), ending::stall);
    case fault::truncated:
      how.chunked = false;  // only a content-length announces what does not come
      return break_off(frame(200, good, how).half(), ending::close);
  }
  return {};
}

framing service::plain_framing(const request& asked) {
  framing how;
  how.close = !asked.keep_alive;
  how.more_headers = fmt::format("x-request-id: mock-{}\r\n", ++responses_);
  return how;
}

framing service::planned_framing(const request& asked, const plan& drawn) {
  framing how = plain_framing(asked);
  how.chunked = drawn.chunked;
  how.gzip = chosen_.gzip && asked.accept_encoding.find("gzip") != std::string_view::npos;
  return how;
}

}  // namespace retort::mock
