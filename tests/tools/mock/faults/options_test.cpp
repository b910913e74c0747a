#include "tools/mock/faults/options.hpp"

#include <doctest/doctest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/places.hpp"
#include "tools/mock/server/cli.hpp"
#include "tools/mock/server/server.hpp"

using namespace retort;
using namespace retort::mock;

namespace {

std::string parse_error(const std::map<std::string, std::string>& values) {
  const auto parsed = parse_options(values);
  if (!parsed) CHECK(parsed.error().code == errc::usage);
  return parsed ? "" : parsed.error().message;
}

// What the flags give; the error's text when they are wrong.
std::string parse_flags(std::vector<std::string> flags, options& chosen) {
  CLI::App app;
  add_mock_options(app, chosen);
  std::reverse(flags.begin(), flags.end());
  try {
    app.parse(flags);
  } catch (const CLI::ParseError& failed) {
    return failed.what();
  }
  return "";
}

// A value that is not the default and that every check alone accepts.
std::string sample_value(const option_spec& spec) {
  if (spec.type.empty()) return "true";
  if (spec.type == "json|text|echo") return "text";
  if (spec.type == "RATE") return "0.05";
  return spec.type == "FILE" || spec.type == "NAME" || spec.type == "FIELD" ? "x" : "7";
}

std::string flag_of(const option_spec& spec) {
  std::string flag = "--" + std::string(spec.name);
  for (char& c : flag) c = c == '_' ? '-' : c;
  return flag;
}

bool same(const options& a, const options& b, const option_spec& spec) {
  const auto equal = [&](auto member) {
    if constexpr (std::is_same_v<decltype(member), rate options::*>) {
      return (a.*member).value == (b.*member).value;
    } else {
      return a.*member == b.*member;
    }
  };
  return std::visit(equal, spec.field);
}

}  // namespace

TEST_CASE("without options the defaults stand") {
  const auto parsed = parse_options({});
  REQUIRE(parsed.has_value());
  for (const option_spec& spec : option_table()) CHECK(same(*parsed, options{}, spec));
}

TEST_CASE("every option can be set by key and by flag, to the same effect") {
  for (const option_spec& spec : option_table()) {
    CAPTURE(spec.name);
    const std::string value = sample_value(spec);
    options by_key, by_flag;
    REQUIRE(set_option(by_key, spec, value).has_value());
    std::vector<std::string> flags = {flag_of(spec)};
    if (!spec.type.empty()) flags.push_back(value);
    CHECK(parse_flags(flags, by_flag) == "");
    CHECK(same(by_key, by_flag, spec));
    CHECK_FALSE(same(by_key, options{}, spec));
  }
}

TEST_CASE("the help names every flag with its default and its meaning") {
  options chosen;
  CLI::App app;
  add_mock_options(app, chosen);
  const std::string help = app.help();
  for (const option_spec& spec : option_table()) {
    CAPTURE(spec.name);
    CHECK(help.find(flag_of(spec)) != std::string::npos);
    CHECK(help.find(spec.help) != std::string::npos);
  }
  CHECK(help.find("--answer json|text|echo=json") != std::string::npos);
  CHECK(help.find("--retry-after-s S=1") != std::string::npos);
}

TEST_CASE("the README shows the options as the help does") {
  std::ifstream file(test::in_source("tools/mock/README.md"));
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  options chosen;
  CLI::App app;
  add_mock_options(app, chosen);
  std::istringstream help(app.help());
  for (std::string line; std::getline(help, line);) {
    if (!line.starts_with("  --")) continue;
    CAPTURE(line);
    CHECK(readme.find("\n" + line + "\n") != std::string::npos);
  }
}

TEST_CASE("a bad key or value is named, with what was expected") {
  struct {
    std::string key, value, message;
  } const table[] = {
      {"rate_limt", "0.1", "unknown mock option \"rate_limt\"; did you mean \"rate_limit\"?"},
      {"zzzzzz", "1", "unknown mock option \"zzzzzz\""},
      {"stall", "1.5", "stall: \"1.5\" is not a rate between 0 and 1"},
      {"stall", "-0.1", "stall: \"-0.1\" is not a rate between 0 and 1"},
      {"stall", "nan", "stall: \"nan\" is not a rate between 0 and 1"},
      {"stall", "10%", "stall: \"10%\" is not a rate between 0 and 1"},
      {"stall", "", "stall: \"\" is not a rate between 0 and 1"},
      {"plain", "yes", "plain: \"yes\" is not true or false"},
      {"port", "65536", "port: \"65536\" is not a port between 0 and 65535"},
      {"seed", "-1", "seed: \"-1\" is not a whole number of at least 0"},
      {"latency_ms", "-1", "latency_ms: \"-1\" is not a number of at least 0"},
      {"latency_ms", "inf", "latency_ms: \"inf\" is not a number of at least 0"},
      {"answer", "xml", "answer: \"xml\" is not json, text or echo"},
      {"write_ca", "", "write_ca: must not be empty"},
      {"rpm", "0", "rpm: \"0\" is not a number above 0"},
      {"rpm", "-60", "rpm: \"-60\" is not a number above 0"},
      {"tpm", "inf", "tpm: \"inf\" is not a number above 0"},
      {"tpm", "1k", "tpm: \"1k\" is not a number above 0"},
      {"burst_s", "0", "burst_s: \"0\" is not a number above 0"},
      {"capacity", "0", "capacity: \"0\" is not a whole number of at least 1"},
      {"capacity", "-1", "capacity: \"-1\" is not a whole number of at least 1"},
      {"output_tokens", "1.5", "output_tokens: \"1.5\" is not a whole number of at least 1"},
      {"output_sigma", "-1", "output_sigma: \"-1\" is not a number of at least 0"},
  };
  for (const auto& row : table) CHECK(parse_error({{row.key, row.value}}) == row.message);
}

TEST_CASE("a bad flag is named as it was written") {
  options chosen;
  CHECK(parse_flags({"--rate-limit", "2"}, chosen) ==
        "--rate-limit: \"2\" is not a rate between 0 and 1");
}

TEST_CASE("options that contradict each other are refused") {
  const std::string together = "replay, match and reply go together";
  const std::string made = "host_name and write_ca are for a certificate made on the spot";
  const std::string plain = "plain http has no certificate";
  struct {
    std::map<std::string, std::string> values;
    std::string message;
  } const table[] = {
      {{{"stall", "0.6"}, {"truncated", "0.6"}}, "the fault rates add up to 1.2, above 1"},
      {{{"batch_expired", "0.6"}, {"batch_errored", "0.6"}},
       "batch_expired and batch_errored add up to 1.2, above 1"},
      {{{"replay", "f"}}, together},
      {{{"match", "q"}, {"reply", "a"}}, together},
      {{{"cert", "c"}}, "cert and key go together"},
      {{{"key", "k"}}, "cert and key go together"},
      {{{"cert", "c"}, {"key", "k"}, {"write_ca", "w"}}, made},
      {{{"cert", "c"}, {"key", "k"}, {"host_name", "h"}}, made},
      {{{"plain", "true"}, {"write_ca", "w"}}, plain},
      {{{"plain", "true"}, {"cert", "c"}, {"key", "k"}}, plain},
      {{{"output_sigma", "1"}}, "output_sigma spreads output_tokens, which are not given"},
      {{{"reasoning_tokens", "131073"}}, "more than 131072 reasoning_tokens"},
      {{{"burst_s", "1"}}, "burst_s is for rpm or tpm"},
      {{{"no_limit_headers", "true"}}, "no_limit_headers is for rpm or tpm"},
      {{{"rpm", "10"}, {"burst_s", "5"}},
       "10 rpm never save up to one request within a burst_s of 5"},
      {{{"capacity", "1"}},
       "capacity is of requests being served, which takes no time without latency_ms"},
  };
  for (const auto& row : table) CHECK(parse_error(row.values) == row.message);
}

TEST_CASE("quotas that make sense are accepted") {
  CHECK(parse_error({{"rpm", "10"}, {"burst_s", "6"}}) == "");
  CHECK(parse_error({{"tpm", "0.5"}, {"burst_s", "1"}, {"no_limit_headers", "true"}}) == "");
  CHECK(parse_error({{"capacity", "1"}, {"latency_ms", "1"}}) == "");
  CHECK(parse_error({{"output_tokens", "1"}, {"output_sigma", "0"}}) == "");
}

TEST_CASE("fault rates may fill everything up") {
  std::map<std::string, std::string> values;
  const std::string share = std::to_string(1.0 / fault_count);
  for (std::string_view name : fault_names) values[std::string(name)] = share;
  CHECK(parse_error(values) == "");
}

TEST_CASE("the server refuses contradicting options too") {
  options chosen;
  chosen.cert = "c";
  const auto started = server::start(chosen);
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().message == "cert and key go together");
}
