#include "engine/sample/line_reader.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstring>
#include <iterator>
#include <limits>

#include "engine/sample/line_walk.hpp"
#include "engine/sample/plain_line.hpp"
#include "engine/text/shown_text.hpp"
#include "io/base/hex.hpp"
#include "providers/body/chat_sampling.hpp"
#include "providers/body/finish.hpp"
#include "providers/body/json_fields.hpp"

namespace retort::engine {
namespace {

using providers::for_elements;
using providers::for_members;
using providers::found;
using simdjson::dom::element;

template <class Part>
Part part_at(const char* from) {
  Part part;
  std::memcpy(&part, from, sizeof part);
  return part;
}

// Two texts of at least a part and at most two.
template <class Part>
bool have_same_ends(const char* a, const char* b, std::size_t size) {
  const std::size_t last = size - sizeof(Part);
  return part_at<Part>(a) == part_at<Part>(b) && part_at<Part>(a + last) == part_at<Part>(b + last);
}

// Texts of one length. Names are short: a call of memcmp() costs more than what it does.
bool are_same(const char* a, const char* b, std::size_t size) {
  if (size > 16 || size < 2) return std::memcmp(a, b, size) == 0;
  if (size >= 8) return have_same_ends<std::uint64_t>(a, b, size);
  if (size >= 4) return have_same_ends<std::uint32_t>(a, b, size);
  return have_same_ends<std::uint16_t>(a, b, size);
}

// Without a call, since the compiler knows the length.
template <std::size_t N>
bool is(std::string_view name, const char (&which)[N]) {
  return name.size() == N - 1 && std::memcmp(name.data(), which, N - 1) == 0;
}

// Values of another type leave the target as it was.
void take(element value, std::string& into) {
  std::string_view text;
  if (!value.get(text)) into.assign(text);
}
void take(element value, std::string_view& into) {
  std::string_view text;
  if (!value.get(text)) into = text;
}
void take(element value, std::int64_t& into) {
  std::int64_t number = 0;
  if (!value.get(number)) into = number;
}
void take(element value, double& into) {
  double number = 0;
  if (!value.get(number)) into = number;
}
template <std::unsigned_integral T>
void take(element value, T& into) {
  std::uint64_t number = 0;
  if (!value.get(number)) into = static_cast<T>(number);
}
void take_hash(element value, std::uint64_t& into) {
  std::string_view hex;
  if (!value.get(hex)) into = io::from_hex(hex);
}

void take_field(std::string_view key, element field, providers::tool_call& into) {
  if (is(key, "id")) take(field, into.id);
  if (is(key, "name")) take(field, into.name);
  if (is(key, "arguments")) take(field, into.arguments);
}

// {id, name, arguments}, or with the last two in a member `function`, as messages have them.
void take(element value, std::vector<providers::tool_call>& into) {
  for_elements(found(value), [&](element one) {
    auto& call = into.emplace_back();
    const auto into_call = [&](std::string_view key, element field) {
      take_field(key, field, call);
    };
    for_members(found(one), into_call);
    for_members(one["function"], into_call);
  });
}

void take_weight(element value, std::optional<std::int32_t>& into) {
  std::int64_t weight = 0;
  if (!value.get(weight)) into = weight != 0;
}

void take_field(std::string_view key, element field, providers::message& into) {
  if (is(key, "role")) take(field, into.role);
  if (is(key, "content")) take(field, into.content);
  if (is(key, "name")) take(field, into.name);
  if (is(key, "tool_call_id")) take(field, into.tool_call_id);
  if (is(key, "tool_calls")) take(field, into.tool_calls);
  if (is(key, "reasoning_content")) take(field, into.reasoning);
  if (is(key, "weight")) take_weight(field, into.weight);
}

// In the room of those of the line before.
void take(element value, std::vector<providers::message>& into) {
  std::size_t count = 0;
  for_elements(found(value), [&](element one) {
    auto& message = empty_message(into, count++);
    for_members(found(one),
                [&](std::string_view key, element field) { take_field(key, field, message); });
  });
  into.resize(count);
}

void take(element value, providers::usage& into) {
  for_members(found(value), [&](std::string_view key, element count) {
    // Ledgers of earlier versions have what a server said, whatever it was.
    const std::int64_t tokens = providers::tokens_at(found(count));
    if (is(key, "input")) into.input = tokens;
    if (is(key, "cached")) into.cached = tokens;
    if (is(key, "output")) into.output = tokens;
    if (is(key, "reasoning")) into.reasoning = tokens;
    if (is(key, "cache_written")) into.cache_written = tokens;
  });
}

void take(element value, std::optional<double>& into) {
  double number = 0;
  if (value.is_null()) into.reset();
  if (!value.get(number)) into = number;
}

bool is_true(element value) { return value.is<bool>() && bool(value.get_bool().value_unsafe()); }

void take(element value, std::vector<double>& into) {
  for_elements(found(value), [&](element one) { take(one, into.emplace_back()); });
}

void take(element value, std::vector<evaluation>& into) {
  for_elements(found(value), [&](element one) {
    auto& evaluated = into.emplace_back();
    for_members(found(one), [&](std::string_view key, element field) {
      if (is(key, "name")) take(field, evaluated.name);
      if (is(key, "score")) take(field, evaluated.score);
      if (is(key, "detail")) take(field, evaluated.detail);
      if (is(key, "fingerprint")) take_hash(field, evaluated.fingerprint);
      if (is(key, "usage")) take(field, evaluated.usage.emplace());
      if (is(key, "earlier")) evaluated.is_earlier = is_true(field);
      if (is(key, "votes")) take(field, evaluated.votes);
    });
  });
}

// What is between an object's braces.
void take_members(element value, std::string& into) {
  if (!value.is_object()) return;
  const std::string object = providers::exact_json(value);
  into.assign(object, 1, object.size() - 2);
}

void take_logprob(element value, double& into) {
  if (value.is_null()) into = std::numeric_limits<double>::quiet_NaN();
  take(value, into);
}

void take_scored(element value, std::uint32_t rank, std::vector<providers::scored_token>& into) {
  const std::size_t at = into.size();
  into.push_back({"", 0, rank});
  std::uint32_t others = 0, place = 0;
  for_elements(found(value), [&](element part) {
    if (place == 0) take(part, into[at].text);
    if (place == 1) take_logprob(part, into[at].logprob);
    if (place++ > 1 && rank == 0) take_scored(part, ++others, into);
  });
}

void take(element value, std::vector<providers::scored_token>& into) {
  for_elements(found(value), [&](element one) { take_scored(one, 0, into); });
}

void take(element value, providers::finish& into) {
  std::string_view word;
  if (!value.get(word)) into = providers::finish_named(word);
}

providers::failure_kind kind_named(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(providers::failure_kind::quota_exhausted); ++i) {
    const auto kind = static_cast<providers::failure_kind>(i);
    if (providers::name(kind) == text) return kind;
  }
  return providers::failure_kind::bad_request;
}

void take(element value, std::optional<providers::failure>& into) {
  into.emplace();
  into->kind = providers::failure_kind::bad_request;
  for_members(found(value), [&](std::string_view key, element field) {
    std::string_view text;
    std::int64_t status = 0;
    if (is(key, "kind") && !field.get(text)) into->kind = kind_named(text);
    if (is(key, "status") && !field.get(status)) into->status = static_cast<int>(status);
    if (is(key, "message")) take(field, into->message);
  });
}

void take(element value, shortening& into) {
  for_members(found(value), [&](std::string_view key, element field) {
    if (is(key, "max_tokens")) take(field, into.max_tokens.emplace());
    if (is(key, "cut")) take(field, into.cut);
  });
}

// As the row has it.
void take(element value, std::shared_ptr<const own_sampling>& into) {
  simdjson::dom::object said;
  if (value.get(said)) return;
  auto made = std::make_shared<own_sampling>();
  if (!providers::take_chat_sampling(said, providers::body_taker::chat, {}, made->whole,
                                     made->said)) {
    made->said = providers::exact_json(value);
  }
  into = std::move(made);
}

void take(element value, sample_key& into) {
  std::array<std::uint64_t, 5> parts{};
  std::size_t count = 0;
  for_elements(found(value), [&](element part) {
    if (count < parts.size()) take(part, parts[count++]);
  });
  const auto small = [&](std::size_t i) { return static_cast<std::uint32_t>(parts[i]); };
  into = {parts[0], small(1), small(2), small(3), small(4)};
}

// What is being read of a line.
struct reading {
  sample& into;
  verdict_words words = {};
  std::vector<providers::message> room = {};  // of the line before
};

// As it begins, in the room that its parts had before: a copy lets texts keep theirs.
void begin_anew(reading& of) {
  static const sample empty;
  if (!of.into.messages.empty()) of.room = std::move(of.into.messages);
  of.into = empty;
  of.words = {};
}

void take_messages(element value, reading& of) {
  std::swap(of.into.messages, of.room);
  take(value, of.into.messages);
}

struct member {
  std::string_view name;
  void (*take)(element value, reading& of);
};

// In the order of a line, which leaves some out (ledger_lines.md).
constexpr member members[] = {
    {"key", [](element value, reading& of) { take(value, of.into.key); }},
    {"step", [](element value, reading& of) { take(value, of.into.step); }},
    {"verdict", [](element value, reading& of) { take(value, of.words.verdict); }},
    {"open", [](element value, reading& of) { of.into.open = is_true(value); }},
    {"unjudged", [](element value, reading& of) { of.into.is_unjudged = is_true(value); }},
    {"reason", [](element value, reading& of) { take(value, of.words.reason); }},
    {"row", [](element value, reading& of) { take_hash(value, of.into.row_hash); }},
    {"rendered", [](element value, reading& of) { take_hash(value, of.into.rendered); }},
    {"judge", [](element value, reading& of) { take_hash(value, of.into.judged_by); }},
    {"more", [](element value, reading& of) { of.into.has_more = is_true(value); }},
    {"id", [](element value, reading& of) { take(value, of.into.id); }},
    {"messages", take_messages},
    {"shortened", [](element value, reading& of) { take(value, of.into.shortened); }},
    {"sampling", [](element value, reading& of) { take(value, of.into.own); }},
    {"reference", [](element value, reading& of) { take(value, of.into.reference.emplace()); }},
    {"columns", [](element value, reading& of) { take_members(value, of.into.columns); }},
    {"completion", [](element value, reading& of) { take(value, of.into.completion.text); }},
    {"reasoning", [](element value, reading& of) { take(value, of.into.completion.reasoning); }},
    {"refusal", [](element value, reading& of) { take(value, of.into.completion.refusal); }},
    {"finish_reason",
     [](element value, reading& of) { take(value, of.into.completion.finish_reason); }},
    {"finish", [](element value, reading& of) { take(value, of.into.completion.finish); }},
    {"tool_calls", [](element value, reading& of) { take(value, of.into.completion.tool_calls); }},
    {"logprobs", [](element value, reading& of) { take(value, of.into.completion.logprobs); }},
    {"model", [](element value, reading& of) { take(value, of.into.completion.model); }},
    {"request_id", [](element value, reading& of) { take(value, of.into.completion.request_id); }},
    {"service_tier",
     [](element value, reading& of) { take(value, of.into.completion.service_tier); }},
    {"usage", [](element value, reading& of) { take(value, of.into.completion.usage); }},
    {"failure", [](element value, reading& of) { take(value, of.into.failure); }},
    {"earlier", [](element value, reading& of) { of.into.is_earlier = is_true(value); }},
    {"evaluations", [](element value, reading& of) { take(value, of.into.evaluations); }},
    {"detail", [](element value, reading& of) { take(value, of.into.reject_detail); }},
    {"endpoint", [](element value, reading& of) { take(value, of.into.endpoint); }},
    {"attempts", [](element value, reading& of) { take(value, of.into.attempts); }},
    {"finished_at_ms", [](element value, reading& of) { take(value, of.into.finished_at_ms); }},
    {"latency_us", [](element value, reading& of) { take(value, of.into.latency_us); }},
    {"first_byte_us", [](element value, reading& of) { take(value, of.into.first_byte_us); }},
    {"first_token_us", [](element value, reading& of) { take(value, of.into.first_token_us); }},
    {"last_token_us", [](element value, reading& of) { take(value, of.into.last_token_us); }},
    {"sum", [](element, reading&) {}},
};

// The next one is mostly a few places behind the one before. Null for one that nobody knows.
const member* find_member(std::string_view name, std::size_t& next) {
  constexpr std::size_t all = std::size(members);
  for (std::size_t i = 0; i < all; ++i) {
    const member& one = members[next];
    next = next + 1 == all ? 0 : next + 1;
    const bool has_length = one.name.size() == name.size();
    if (has_length && are_same(one.name.data(), name.data(), name.size())) return &one;
  }
  return nullptr;
}

// Whatever members a line has, and in any order. False where it is no JSON object.
bool read_members(std::string_view line, reading& of) {
  static thread_local providers::json_parser parser;  // its buffers grow to the longest line
  simdjson::dom::object object;
  if (parser.parse(line).get(object)) return false;
  of.into.open = false;
  std::size_t next = 0;
  for (const auto& [key, value] : object) {
    if (const member* const known = find_member(key, next)) known->take(value, of);
  }
  return true;
}

// Only a sample of several steps says which is its.
bool read_step(line_walk& from, line_head& into) {
  into.has_step = from.skip(",");
  return !into.has_step ||
         (from.number(into.key.step) && from.skip(",") && from.number(into.key.from));
}

error unknown_word(std::string_view what, std::string_view word) {
  return {errc::mismatch, fmt::format("has the {} {}, which this version of retort does not know",
                                      what, shown(word))};
}

result<void> read_verdict(line_walk& from, line_head& into) {
  const auto word = from.word(R"(,"verdict":")");
  if (!word) return error{errc::mismatch, "has no verdict behind its key"};
  const auto known = verdict_named(*word);
  if (!known) return unknown_word("verdict", *word);
  into.verdict = *known;
  into.open = from.skip(",\"open\":true");
  if (into.open && into.verdict != verdict::failed) {
    return error{errc::mismatch, fmt::format("is open and {}", *word)};
  }
  into.is_unjudged = from.skip(",\"unjudged\":true");
  const auto reason = from.word(R"(,"reason":")");
  if (reason && !reason_named(*reason)) return unknown_word("reason", *reason);
  into.is_rejected_unsaid = into.verdict == verdict::rejected && !reason;
  return {};
}

// What a line says of its verdict, in words, must be what its other members come to. (That it says
// something is for read_line_head() to see.)
result<void> check_verdict(const sample& of, std::string_view verdict, std::string_view reason) {
  if (!verdict.empty() && !verdict_named(verdict)) return unknown_word("verdict", verdict);
  if (!reason.empty() && !of.rejected) return unknown_word("reason", reason);
  if (verdict.empty() || name(of.verdict()) == verdict) return {};
  return error{errc::mismatch,
               fmt::format("says {} and holds a sample that is {}", verdict, name(of.verdict()))};
}

}  // namespace

result<line_head> read_line_head(std::string_view line) {
  line_head head;
  line_walk from(line);
  const bool keyed = from.skip("{\"key\":[") && from.number(head.key.ordinal) && from.skip(",") &&
                     from.number(head.key.variant) && from.skip(",") && from.number(head.key.k) &&
                     read_step(from, head);
  if (!keyed) return error{errc::mismatch, "does not begin with a key"};
  from.skip("]");
  if (head.has_step) (void)from.word(R"(,"step":")");
  auto judged = read_verdict(from, head);
  if (!judged) return judged.error();
  if (!from.hash(R"(,"row":")", head.row_hash)) {
    return error{errc::mismatch, "has no row behind its verdict"};
  }
  from.hash(R"(,"rendered":")", head.rendered);
  from.hash(R"(,"judge":")", head.judged_by);
  head.has_more = from.skip(R"(,"more":true)");
  return head;
}

result<void> read_ledger_line(std::string_view line, sample& into) {
  reading of{into};
  begin_anew(of);
  if (!read_plain_line(line, into, of.words, of.room)) {
    begin_anew(of);
    if (!read_members(line, of)) return error{errc::mismatch, "is not a JSON object"};
  }
  into.rejected = reason_named(of.words.reason);
  auto& read = into.completion;  // its own word says it too, and before there was no other
  const bool is_told = read.finish != providers::finish::unknown;
  if (!is_told || read.finish == providers::finish::other) read.finish = providers::finish_of(read);
  return check_verdict(into, of.words.verdict, of.words.reason);
}

}  // namespace retort::engine
