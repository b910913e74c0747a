#include "tools/mock/server/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "tools/mock/answers/filler.hpp"
#include "tools/mock/server/delivery.hpp"

namespace retort::mock {
namespace {

const api_error wrong_key{401, "Incorrect API key provided.", "", "invalid_api_key"};
const api_error no_object{400, "The body of the request is not a JSON object."};
const api_error nothing_to_replay{404, "No row of the replay file matches the last user message.",
                                  "messages", "no_replay_match"};
const api_error broken{500, "The server had an error (the mock was asked to have one)."};
const api_error overloaded{503, "The server is overloaded (the mock was asked to say so).", "",
                           "server_is_overloaded"};

// retry-after-ms only where whole seconds are not exact.
api_error too_many(double retry_after_s) {
  return {429,        "Rate limit reached (the mock was asked to say so).",
          "",         "rate_limit_exceeded",
          "requests", retry_advice{retry_after_s, std::ceil(retry_after_s) != retry_after_s}};
}

api_error over(const shortage& lack, std::string_view model) {
  api_error why{429, message_for(lack, model), "", "rate_limit_exceeded", lack.of};
  if (lack.wait) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(*lack.wait).count();
    why.retry = retry_advice{static_cast<double>(ms) / 1000};
  }
  return why;
}

api_error too_large(const question& wanted, std::uint64_t context) {
  return {400,
          fmt::format("This model's maximum context length is {} tokens, and {} are asked for: {} "
                      "in the messages, {} for the answer.",
                      context, wanted.prompt_tokens() + wanted.max_tokens, wanted.prompt_tokens(),
                      wanted.max_tokens),
          "messages", "context_length_exceeded"};
}

api_error unknown_url(std::string_view method, std::string_view target) {
  return {404, fmt::format("Invalid URL ({} {})", method, target), "", "unknown_url"};
}

api_error wrong_method(const request& asked) {
  return {405, fmt::format("Not allowed to {} on {}.", asked.method, asked.target), "",
          "method_not_supported"};
}

std::string model_list() {
  return R"({"object":"list","data":[{"id":"mock","object":"model","created":0,"owned_by":"retort"}]})";
}

reaction say(int status, std::string_view body, const framing& how) {
  reaction made;
  made.bytes = frame(status, body, how).bytes;
  made.then = how.close ? ending::close : ending::keep;
  return made;
}

reaction break_off() {
  reaction made;
  made.then = ending::reset;
  return made;
}

std::chrono::microseconds as_pause(double ms) {
  return std::chrono::microseconds(std::llround(std::min(ms, max_latency_ms) * 1000));
}

// Half of the events, and one that tells of an error.
void interrupt(std::vector<event>& events, std::string error) {
  events.resize(middle_of(events));
  events.push_back({std::move(error), true});
}

// An answer that is an object already, or as the member of one.
std::string as_arguments(std::string_view text) {
  simdjson::dom::parser parser;
  json_element root;
  if (!parser.parse(text.data(), text.size()).get(root) && root.is_object()) {
    return std::string(text);
  }
  return object_text([&](io::json_writer& json) { json.member("answer", text); });
}

// So many tokens of text, as far as the request lets it, which counts its reasoning first.
void stretch(reply& said, std::uint64_t tokens) {
  const std::uint64_t most = said.to.max_tokens;
  said.cut_short = most > 0 && said.reasoning_tokens + tokens > most;
  if (said.cut_short) said.reasoning_tokens = std::min(said.reasoning_tokens, most);
  said.text_tokens = said.cut_short ? most - said.reasoning_tokens : tokens;
  said.text = pad_answer(said.text, said.text_tokens);
}

result<std::string> key_from(const std::string& variable) {
  if (variable.empty()) return std::string();
  const char* key = std::getenv(variable.c_str());
  if (key == nullptr || *key == '\0') {
    return error{errc::usage, "the environment variable " + variable + " is not set"};
  }
  return std::string(key);
}

}  // namespace

result<std::unique_ptr<service>> service::make(const options& chosen, tally& counted,
                                               quota_clock clock) {
  result<answer_source> answers = make_answer_source(chosen);
  if (!answers) return answers.error();
  result<std::string> key = key_from(chosen.api_key_env);
  if (!key) return key.error();
  return std::unique_ptr<service>(
      new service(chosen, counted, std::move(clock), std::move(*answers), std::move(*key)));
}

service::service(const options& chosen, tally& counted, quota_clock clock, answer_source answers,
                 std::string key)
    : chosen_(chosen),
      tally_(counted),
      answers_(std::move(answers)),
      key_(std::move(key)),
      planner_(chosen),
      clock_(std::move(clock)),
      quotas_(chosen),
      pause_(as_pause(chosen.event_ms)),
      batches_(
          chosen, key_,
          [this](std::string_view path, std::string_view body) {
            return answer_plainly(path, body);
          },
          counted) {}

reaction service::react(const request& asked) {
  const std::string_view path = asked.path();
  if (const dialect* const spoken = find_dialect(path)) return complete(asked, *spoken);
  if (std::optional<reaction> made = serve_batches(asked)) return std::move(*made);
  const dialect& spoken = dialect_of(asked);
  const bool counters = path == "/counters";
  const bool models = path.ends_with("/models");
  if (!counters && !models) return fail(asked, spoken, unknown_url(asked.method, asked.target));
  if (asked.method != "GET") return fail(asked, spoken, wrong_method(asked));
  batches_.advance(std::chrono::system_clock::now());
  return say(200, counters ? to_json(tally_.snapshot()) : model_list(),
             plain_framing(asked, spoken));
}

std::optional<reaction> service::serve_batches(const request& asked) {
  const std::optional<batch_reply> reply = batches_.serve(asked, std::chrono::system_clock::now());
  if (!reply) return std::nullopt;
  return say(reply->status, reply->body, planned_framing(asked, dialect_of(asked), {}));
}

reaction service::reject(std::string message) {
  request unreadable;
  unreadable.keep_alive = false;
  return fail(unreadable, openai_chat(), {400, std::move(message)});
}

std::pair<int, std::string> service::answer_plainly(std::string_view target,
                                                    std::string_view body) {
  ++responses_;
  const auto failed = [&](const dialect& spoken, const api_error& why) {
    worded_error worded = spoken.word(why, id());
    return std::pair(worded.status, std::move(worded.body));
  };
  const dialect* const spoken = find_dialect(path_of(target));
  if (spoken == nullptr) return failed(openai_chat(), unknown_url("POST", target));
  const auto wanted = read(target, body, *spoken);
  if (!wanted) return failed(*spoken, wanted.error());
  const auto text = find_answer(*wanted);
  if (!text) return failed(*spoken, text.error());
  return {200, spoken->whole(compose(*wanted, *text, chosen_.output_tokens))};
}

reaction service::complete(const request& asked, const dialect& spoken) {
  tally::mark in_flight(tally_);
  reaction made = refuse_or_answer(asked, spoken);
  made.in_flight = std::move(in_flight);
  return made;
}

reaction service::refuse_or_answer(const request& asked, const dialect& spoken) {
  const auto refuse = [&](const api_error& why) {
    tally_.refused();
    return fail(asked, spoken, why);
  };
  const auto head = check_head(asked, spoken);
  if (!head) return refuse(head.error());
  const auto wanted = read(asked.target, asked.body, spoken);
  if (!wanted) return refuse(wanted.error());
  const auto text = find_answer(*wanted);
  if (!text) return refuse(text.error());
  std::optional<reaction> too_soon = over_quota(asked, spoken, *wanted);
  return too_soon ? std::move(*too_soon) : answer(asked, spoken, *wanted, *text);
}

service::checked<void> service::check_head(const request& asked, const dialect& spoken) const {
  if (asked.method != "POST") return wrong_method(asked);
  if (!key_.empty() && spoken.key_of(asked) != key_) return wrong_key;
  const std::optional<api_error> lacking = spoken.check_headers(asked);
  return lacking ? checked<void>(*lacking) : checked<void>();
}

service::checked<question> service::read(std::string_view target, std::string_view body,
                                         const dialect& spoken) {
  json_element root;
  if (parser_.parse(body.data(), body.size()).get(root) || !root.is_object()) return no_object;
  auto wanted = spoken.read(target, root);
  const std::uint64_t context = chosen_.context;
  if (wanted && context > 0 && wanted->prompt_tokens() + wanted->max_tokens > context)
    return too_large(*wanted, context);
  return wanted;
}

service::checked<std::string> service::find_answer(const question& wanted) const {
  std::optional<std::string> text = answers_(wanted.prompt, wanted.seed);
  return text ? checked<std::string>(std::move(*text)) : checked<std::string>(nothing_to_replay);
}

std::optional<reaction> service::over_quota(const request& asked, const dialect& spoken,
                                            const question& wanted) {
  if (!quotas_.any()) return std::nullopt;
  const auto prompt_tokens = static_cast<double>(wanted.prompt_tokens());
  const std::optional<shortage> lack = quotas_.admit(prompt_tokens, clock_());
  if (!lack) return std::nullopt;
  tally_.rate_limited();
  reaction made = fail(asked, spoken, over(*lack, wanted.model));
  made.metered = &spoken;
  return made;
}

void service::settle(reaction& made) {
  if (made.metered == nullptr || made.bytes.empty()) return;
  const quotas::time_point now = clock_();
  quotas_.charge(static_cast<double>(made.output_tokens), now);
  made.bytes.insert(made.bytes.find('\n') + 1, made.metered->limit_headers(quotas_.readings(now)));
}

reaction service::answer(const request& asked, const dialect& spoken, const question& wanted,
                         std::string_view text) {
  plan drawn = planner_.next();
  if (!wanted.stream && is_of_streams(drawn.fault)) drawn.fault = fault::none;
  tally_.admitted(drawn.fault, wanted.prompt_tokens());
  framing how = planned_framing(asked, spoken, drawn);
  const reply said = compose(wanted, text, drawn.output_tokens);
  reaction made = enact(drawn.fault, spoken, said, std::move(how));
  made.delay = drawn.latency;
  if (quotas_.any()) made.metered = &spoken;
  if (!is_harmless(drawn.fault)) return made;
  made.answered = hash_of_prompt(wanted.prompt, chosen_.seed);
  made.output_tokens = said.output_tokens();
  return made;
}

// As long as its text, or as chance has it within what the client wants at most.
reply service::compose(const question& wanted, std::string_view text,
                       std::uint64_t drawn_tokens) const {
  reply said{wanted, responses_, std::time(nullptr),
             wanted.tool.empty() ? std::string(text) : as_arguments(text)};
  said.text_tokens = tokens_in(said.text.size());
  said.pieces = chosen_.events;
  said.reasoning_tokens = chosen_.reasoning_tokens;
  if (drawn_tokens > 0) stretch(said, drawn_tokens);
  said.reasoning = words(said.reasoning_tokens * bytes_per_token);
  return said;
}

reaction service::enact(fault met, const dialect& spoken, const reply& said, framing how) const {
  switch (met) {
    case fault::rate_limit: return fail(spoken, too_many(chosen_.retry_after_s), how);
    case fault::error_500: return fail(spoken, broken, how);
    case fault::error_503: return fail(spoken, overloaded, how);
    case fault::reset_before: return break_off();
    default: break;
  }
  if (!said.to.stream) return deliver_whole(met, spoken.whole(said), std::move(how));
  std::vector<event> events = spoken.stream(said);
  if (met == fault::error_in_stream) {
    interrupt(events, spoken.error_event(broken, id(), middle_of(events)));
  }
  return deliver_events(met, std::move(events), std::move(how), pause_);
}

reaction service::fail(const request& asked, const dialect& spoken, const api_error& why) {
  return fail(spoken, why, plain_framing(asked, spoken));
}

reaction service::fail(const dialect& spoken, const api_error& why, framing how) const {
  const worded_error worded = spoken.word(why, id());
  how.more_headers += worded.headers;
  return say(worded.status, worded.body, how);
}

std::string service::id() const { return fmt::format("mock-{}", responses_); }

framing service::plain_framing(const request& asked, const dialect& spoken) {
  ++responses_;
  framing how;
  how.close = !asked.keep_alive;
  how.more_headers = spoken.id_headers(id());
  return how;
}

framing service::planned_framing(const request& asked, const dialect& spoken, const plan& drawn) {
  framing how = plain_framing(asked, spoken);
  how.chunked = drawn.chunked;
  how.gzip = chosen_.gzip && asked.field("accept-encoding").find("gzip") != std::string_view::npos;
  return how;
}

}  // namespace retort::mock
