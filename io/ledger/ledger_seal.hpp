// The parts of the ledger's format that its writer and its reader share: the seal of a line and the
// header line. The format is described in ledger_format.md. Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

namespace retort::io {

// `,"sum":"<16 hex digits>"}`: takes the place of an object's closing brace.
using ledger_seal = std::array<char, 26>;

// The seal for the bytes of a line that come before it.
ledger_seal seal_of(std::string_view before);

// Checks the seal of one line (without its newline).
bool is_sealed(std::string_view line);

// The sum in the seal of a sealed line, with its newline or without.
std::uint64_t seal_in(std::string_view line);

// The header with its newline.
const std::string& ledger_header();

// How much of a file's beginning has_ledger_header() must see.
inline constexpr std::size_t ledger_head_bytes = 64;

// Whether a file that begins with `head` has its header; false for an empty file and for one that
// ends within the header, which a crash leaves. errc::mismatch when it is no ledger or a newer one;
// `path` is for the message.
result<bool> has_ledger_header(const std::string& path, std::string_view head);

}  // namespace retort::io
