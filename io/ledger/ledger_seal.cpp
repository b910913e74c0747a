#include "io/ledger/ledger_seal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "io/base/hex.hpp"
#include "io/file/xxh3.hpp"

namespace retort::io {
namespace {

constexpr std::string_view seal_form = R"(,"sum":"0000000000000000"})";
constexpr std::size_t first_digit = 8;

constexpr unsigned format_version = 1;
constexpr std::string_view header_key = R"({"retort_ledger":)";

// The version in a header's first bytes; 0 when they are no header.
unsigned header_version(std::string_view head) {
  unsigned version = 0;
  if (!head.starts_with(header_key)) return version;
  head.remove_prefix(header_key.size());
  std::from_chars(head.data(), head.data() + head.size(), version);
  return version;
}

}  // namespace

ledger_seal seal_of(std::string_view before) {
  ledger_seal seal;
  std::copy(seal_form.begin(), seal_form.end(), seal.begin());
  const auto sum = to_hex(xxh3(before));
  std::copy(sum.begin(), sum.end(), seal.begin() + first_digit);
  return seal;
}

bool is_sealed(std::string_view line) {
  if (line.size() < seal_form.size()) return false;
  const auto before = line.substr(0, line.size() - seal_form.size());
  const auto seal = seal_of(before);
  return std::equal(seal.begin(), seal.end(), line.end() - seal.size());
}

std::uint64_t seal_in(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return from_hex(line.substr(line.size() - seal_form.size() + first_digit, hex_digits));
}

const std::string& ledger_header() {
  static const std::string header = [] {
    std::string line = fmt::format("{}{}", header_key, format_version);
    const auto seal = seal_of(line);
    line.append(seal.data(), seal.size());
    return line + '\n';
  }();
  return header;
}

result<bool> has_ledger_header(const std::string& path, std::string_view head) {
  const std::string_view header = ledger_header();
  if (head.starts_with(header)) return true;
  if (header.starts_with(head)) return false;
  const unsigned version = header_version(head);
  if (version <= format_version) {
    return error{errc::mismatch, path + " is not a retort ledger"};
  }
  return error{errc::mismatch,
               fmt::format("{} is a retort ledger of version {}; this retort reads version {}",
                           path, version, format_version)};
}

}  // namespace retort::io
