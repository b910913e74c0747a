#include "tools/mock/faults/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "engine/text/near_miss.hpp"

namespace retort::mock {
namespace {

constexpr option_spec table[] = {
    {"port", "N", "Server", "port on 127.0.0.1; 0 picks a free one", &options::port},
    {"plain", "", "Server", "http instead of https", &options::plain},
    {"cert", "FILE", "Server", "certificate chain (PEM) instead of one made on the spot",
     &options::cert},
    {"key", "FILE", "Server", "private key (PEM) of --cert", &options::key},
    {"host_name", "NAME", "Server",
     "name in the certificate made, instead of localhost, 127.0.0.1 and ::1", &options::host_name},
    {"write_ca", "FILE", "Server",
     "write the certificate authority made on the spot, for clients to trust", &options::write_ca},
    {"api_key_env", "NAME", "Server",
     "answer 401 unless the key shown equals this environment variable", &options::api_key_env},

    {"answer", "json|text|echo", "Answers",
     "{\"answer\": \"8\"}, or 5 + 3 = 8. A: 8, or the prompt's SHA-256", &options::answer},
    {"wrong", "RATE", "Answers",
     "share of the prompts that get a wrong answer, the same for the same seed", &options::wrong},
    {"replay", "FILE", "Answers", "answer from the rows of this JSONL file instead",
     &options::replay},
    {"match", "FIELD", "Answers", "the row whose FIELD the last user message equals or contains",
     &options::match},
    {"reply", "FIELD", "Answers", "gives its FIELD as the answer", &options::reply},
    {"output_tokens", "N", "Answers", "median of an answer's tokens, with words before it to match",
     &options::output_tokens},
    {"output_sigma", "S", "Answers", "lognormal spread of those tokens; 0: always the median",
     &options::output_sigma},
    {"reasoning_tokens", "N", "Answers", "of reasoning in front of every answer",
     &options::reasoning_tokens},

    {"latency_ms", "MS", "Delivery", "median of the time before the response",
     &options::latency_ms},
    {"latency_sigma", "S", "Delivery", "lognormal spread of that time; 0: always the median",
     &options::latency_sigma},
    {"events", "N", "Delivery", "pieces that a stream brings an answer in; 0: one per token",
     &options::events},
    {"event_ms", "MS", "Delivery", "time between those pieces; 0: all at once", &options::event_ms},
    {"write_times", "FILE", "Delivery",
     "write when each answered request was read and each piece of its answer left, in JSON lines",
     &options::write_times},
    {"chunked", "RATE", "Delivery", "share of the responses sent in chunks", &options::chunked},
    {"gzip", "", "Delivery", "compress for clients that accept it", &options::gzip},
    {"seed", "N", "Delivery", "of every choice made by chance", &options::seed},

    {"rpm", "N", "Quotas", "requests per minute; 429 to what exceeds them", &options::rpm},
    {"tpm", "N", "Quotas", "tokens per minute, of prompts and answers; 429 to what exceeds them",
     &options::tpm},
    {"burst_s", "S", "Quotas", "how many seconds' worth of them can be saved up",
     &options::burst_s},
    {"no_limit_headers", "", "Quotas", "say nothing of them in headers",
     &options::no_limit_headers},
    {"capacity", "N", "Quotas", "requests served at once; further ones wait for their turn",
     &options::capacity},
    {"context", "N", "Quotas", "tokens of a prompt and its max_tokens together, at most",
     &options::context},

    {"rate_limit", "RATE", "Faults", "429 with Retry-After", &options::rate_limit},
    {"retry_after_s", "S", "Faults", "what that Retry-After says", &options::retry_after_s},
    {"error_500", "RATE", "Faults", "500", &options::error_500},
    {"error_503", "RATE", "Faults", "503", &options::error_503},
    {"reset_before", "RATE", "Faults", "connection reset before the response",
     &options::reset_before},
    {"reset_middle", "RATE", "Faults", "connection reset in the middle of the body",
     &options::reset_middle},
    {"truncated", "RATE", "Faults", "half of the announced body, then a clean close",
     &options::truncated},
    {"stall", "RATE", "Faults", "half of the body, then nothing until the client goes away",
     &options::stall},
    {"invalid_json", "RATE", "Faults", "200 with broken JSON", &options::invalid_json},
    {"connection_close", "RATE", "Faults", "a good answer, then the connection is closed",
     &options::connection_close},
    {"blank_lines", "RATE", "Faults", "a good answer with blank lines before its JSON",
     &options::blank_lines},
    {"cut_stream", "RATE", "Faults", "half of a stream's events, then its end",
     &options::cut_stream},
    {"error_in_stream", "RATE", "Faults", "half of a stream's events, then one with an error",
     &options::error_in_stream},

    {"batch_s", "S", "Batches", "how long a batch takes", &options::batch_s},
    {"batch_expired", "RATE", "Batches", "share of a batch's lines that expire",
     &options::batch_expired},
    {"batch_errored", "RATE", "Batches", "share of a batch's lines that meet a server error",
     &options::batch_errored},
    {"batch_failed", "RATE", "Batches", "share of the batches that are refused as a whole",
     &options::batch_failed},
    {"batch_max", "N", "Batches", "lines that a batch may have, instead of the API's limit",
     &options::batch_max},
};

// In the order of the enumeration.
constexpr std::array<rate options::*, fault_count> fault_rates = {
    &options::rate_limit,   &options::error_500,    &options::error_503,
    &options::reset_before, &options::reset_middle, &options::truncated,
    &options::stall,        &options::invalid_json, &options::connection_close,
    &options::blank_lines,  &options::cut_stream,   &options::error_in_stream};

// As many as any model's; they are written out in every answer.
constexpr std::uint64_t max_reasoning_tokens = 131'072;

error usage(std::string message) { return {errc::usage, std::move(message)}; }

error not_a(std::string_view text, std::string_view expected) {
  return usage(fmt::format("\"{}\" is not {}", text, expected));
}

template <class T>
bool read_number(std::string_view text, T& number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc{} && end == text.data() + text.size();
}

result<void> read(std::string_view text, bool& flag) {
  if (text != "true" && text != "false") return not_a(text, "true or false");
  flag = text == "true";
  return {};
}

result<void> read(std::string_view text, rate& share) {
  double number = 0;
  if (!read_number(text, number) || !(number >= 0 && number <= 1)) {
    return not_a(text, "a rate between 0 and 1");
  }
  share = number;
  return {};
}

result<void> read(std::string_view text, double& given) {
  double number = 0;
  if (!read_number(text, number) || !std::isfinite(number) || number < 0) {
    return not_a(text, "a number of at least 0");
  }
  given = number;
  return {};
}

result<void> read(std::string_view text, amount& given) {
  double number = 0;
  if (!read_number(text, number) || !std::isfinite(number) || number <= 0) {
    return not_a(text, "a number above 0");
  }
  given = number;
  return {};
}

result<void> read(std::string_view text, std::uint64_t& number) {
  if (!read_number(text, number)) return not_a(text, "a whole number of at least 0");
  return {};
}

result<void> read(std::string_view text, count& given) {
  if (!read_number(text, given.value) || given == 0) {
    return not_a(text, "a whole number of at least 1");
  }
  return {};
}

result<void> read(std::string_view text, std::uint16_t& port) {
  if (!read_number(text, port)) return not_a(text, "a port between 0 and 65535");
  return {};
}

result<void> read(std::string_view text, std::string& target) {
  if (text.empty()) return usage("must not be empty");
  target = text;
  return {};
}

result<void> read(std::string_view text, answer_style& style) {
  const auto found = std::ranges::find(answer_names, text);
  if (found == answer_names.end()) return not_a(text, "json, text or echo");
  style = static_cast<answer_style>(found - answer_names.begin());
  return {};
}

std::string show(bool) { return ""; }
std::string show(const std::string& text) { return text; }
std::string show(answer_style style) {
  return std::string(answer_names[static_cast<std::size_t>(style)]);
}
std::string show(rate share) { return fmt::format("{}", share.value); }
std::string show(amount given) { return given > 0 ? fmt::format("{}", given.value) : ""; }
std::string show(count given) { return given > 0 ? fmt::format("{}", given.value) : ""; }
template <class Number>
std::string show(Number number) {
  return fmt::format("{}", number);
}

error unknown_option(std::string_view name) {
  std::vector<std::string_view> names;
  for (const option_spec& spec : table) names.push_back(spec.name);
  return usage(
      fmt::format("unknown mock option \"{}\"{}", name, engine::did_you_mean(name, names)));
}

const option_spec* find_option(std::string_view name) {
  for (const option_spec& spec : table) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

double sum_of_faults(const options& chosen) {
  double sum = 0;
  for (rate options::*share : fault_rates) sum += chosen.*share;
  return sum;
}

result<void> check_certificate(const options& chosen) {
  const bool own = !chosen.cert.empty() || !chosen.key.empty();
  const bool made = !chosen.host_name.empty() || !chosen.write_ca.empty();
  if (chosen.plain && (own || made)) return usage("plain http has no certificate");
  if (chosen.cert.empty() != chosen.key.empty()) return usage("cert and key go together");
  if (own && made) return usage("host_name and write_ca are for a certificate made on the spot");
  return {};
}

result<void> check_answers(const options& chosen) {
  const bool replays = !chosen.replay.empty();
  if (replays != !chosen.match.empty() || replays != !chosen.reply.empty()) {
    return usage("replay, match and reply go together");
  }
  if (chosen.output_sigma > 0 && chosen.output_tokens == 0) {
    return usage("output_sigma spreads output_tokens, which are not given");
  }
  if (chosen.reasoning_tokens > max_reasoning_tokens) {
    return usage(fmt::format("more than {} reasoning_tokens", max_reasoning_tokens));
  }
  return {};
}

result<void> check_quotas(const options& chosen) {
  const bool limited = chosen.rpm > 0 || chosen.tpm > 0;
  if (!limited && chosen.burst_s != options().burst_s) return usage("burst_s is for rpm or tpm");
  if (!limited && chosen.no_limit_headers) return usage("no_limit_headers is for rpm or tpm");
  if (chosen.rpm > 0 && chosen.rpm * chosen.burst_s < 60) {
    return usage(fmt::format("{:.4g} rpm never save up to one request within a burst_s of {:.4g}",
                             chosen.rpm.value, chosen.burst_s.value));
  }
  if (chosen.capacity > 0 && chosen.latency_ms == 0) {
    return usage("capacity is of requests being served, which takes no time without latency_ms");
  }
  return {};
}

result<void> check_batches(const options& chosen) {
  const double sum = chosen.batch_expired + chosen.batch_errored;
  if (sum > 1) {
    return usage(fmt::format("batch_expired and batch_errored add up to {:.4g}, above 1", sum));
  }
  return {};
}

}  // namespace

double rate_of(const options& chosen, fault f) {
  return chosen.*fault_rates[static_cast<std::size_t>(f)];
}

std::span<const option_spec> option_table() { return table; }

std::string default_text(const option_spec& spec) {
  const options defaults;
  return std::visit([&](auto member) { return show(defaults.*member); }, spec.field);
}

result<void> set_option(options& target, const option_spec& spec, std::string_view text) {
  return std::visit([&](auto member) { return read(text, target.*member); }, spec.field);
}

result<options> parse_options(const std::map<std::string, std::string>& values) {
  options chosen;
  for (const auto& [name, value] : values) {
    const option_spec* spec = find_option(name);
    if (spec == nullptr) return unknown_option(name);
    const result<void> set = set_option(chosen, *spec, value);
    if (!set) return usage(name + ": " + set.error().message);
  }
  const result<void> agreed = check_options(chosen);
  if (!agreed) return agreed.error();
  return chosen;
}

result<void> check_options(const options& chosen) {
  const double sum = sum_of_faults(chosen);
  // Ten rates of 0.1 add up to a hair more than 1.
  if (sum > 1 + 1e-9) return usage(fmt::format("the fault rates add up to {:.4g}, above 1", sum));
  const result<void> certificate = check_certificate(chosen);
  if (!certificate) return certificate;
  const result<void> answers = check_answers(chosen);
  if (!answers) return answers;
  const result<void> batches = check_batches(chosen);
  return batches ? check_quotas(chosen) : batches;
}

}  // namespace retort::mock
