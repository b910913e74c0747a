// What a mock provider is asked to do. One table names every option, for the flags of
// `retort mock`, for the `mock` key of a config and for the help alike; the defaults stand in the
// struct and nowhere else. Plain values, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "io/base/error.hpp"
#include "tools/mock/faults/fault.hpp"

namespace retort::mock {

// A share in [0,1]. Its own type, so that the table knows what to accept.
struct rate {
  double value = 0;
  constexpr rate(double share = 0) : value(share) {}
  constexpr operator double() const { return value; }
};

// A number above 0, for which 0 stands when it was not given.
struct amount {
  double value = 0;
  constexpr amount(double given = 0) : value(given) {}
  constexpr operator double() const { return value; }
};

// A whole number of at least 1, for which 0 stands when it was not given.
struct count {
  std::uint64_t value = 0;
  constexpr count(std::uint64_t given = 0) : value(given) {}
  constexpr operator std::uint64_t() const { return value; }
};

// In the order of answer_names.
enum class answer_style {
  json,  // {"answer": "8"}
  text,  // 5 + 3 = 8. A: 8
  echo,  // the prompt's SHA-256: 64 lower-case hexadecimal digits
};

inline constexpr std::array<std::string_view, 3> answer_names = {"json", "text", "echo"};

struct options {
  std::uint16_t port = 0;   // on 127.0.0.1; 0: a free one
  bool plain = false;       // http instead of https
  std::string cert, key;    // PEM files; empty: made on the spot
  std::string host_name;    // in the certificate made; empty: localhost, 127.0.0.1 and ::1
  std::string write_ca;     // file for the certificate authority made
  std::string api_key_env;  // variable that holds the key to ask for; empty: none is asked for

  answer_style answer = answer_style::json;
  rate wrong;                        // share of the prompts
  std::string replay, match, reply;  // a JSONL file and two of its fields
  count output_tokens;               // median of an answer's tokens; 0: as long as its text
  double output_sigma = 0;           // of the logarithm; 0: always the median
  std::uint64_t reasoning_tokens = 0;

  double latency_ms = 0;     // median
  double latency_sigma = 0;  // of the logarithm; 0: always the median
  std::uint64_t events = 0;  // pieces that a stream brings an answer in; 0: one per token
  double event_ms = 0;       // between them; 0: all at once
  std::string write_times;   // file for when each request was read and each piece left
  rate chunked;
  bool gzip = false;
  std::uint64_t seed = 1;

  amount rpm, tpm;      // requests and tokens per minute; 0: as many as come
  amount burst_s = 60;  // how many seconds' worth of them can be saved up
  bool no_limit_headers = false;
  count capacity;  // requests served at once; 0: all
  count context;   // tokens of a prompt and its max_tokens together; 0: as many as come

  // The faults exclude each other within one request: together at most 1.
  rate rate_limit, error_500, error_503, reset_before, reset_middle;
  rate truncated, stall, invalid_json, connection_close, blank_lines;
  rate cut_stream, error_in_stream;
  double retry_after_s = 1;  // when it is not whole, retry-after-ms says it exactly

  double batch_s = 1;                 // how long a batch takes
  rate batch_expired, batch_errored;  // shares of the lines, together at most 1
  rate batch_failed;                  // share of the batches
  count batch_max;                    // requests per batch; 0: as many as the API takes
};

// The share of the requests that meet a fault.
double rate_of(const options& chosen, fault f);

using option_field =
    std::variant<bool options::*, rate options::*, amount options::*, count options::*,
                 double options::*, std::uint64_t options::*, std::uint16_t options::*,
                 std::string options::*, answer_style options::*>;

struct option_spec {
  std::string_view name;   // as a key, "rate_limit"; the flag is --rate-limit
  std::string_view type;   // as the help shows it; empty for a flag
  std::string_view group;  // heading in the help
  std::string_view help;
  option_field field;
};

std::span<const option_spec> option_table();

// The default as text; "" when there is none.
std::string default_text(const option_spec& spec);

// Sets one option from text. The error does not name the option: the caller knows how it was
// spelt.
result<void> set_option(options& target, const option_spec& spec, std::string_view text);

// Options from keys ("rate_limit") and values. errc::usage names the key, and the near miss of an
// unknown one.
result<options> parse_options(const std::map<std::string, std::string>& values);

// What the options must agree on among themselves; server::start asks it too.
result<void> check_options(const options& chosen);

}  // namespace retort::mock
