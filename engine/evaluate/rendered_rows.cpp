#include "engine/evaluate/rendered_rows.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <limits>
#include <string_view>

namespace retort::engine {
namespace {

// Entries of the index that are no places.
constexpr std::uint64_t unknown = 0;
constexpr std::uint64_t bad = std::numeric_limits<std::uint64_t>::max();

constexpr std::uint64_t no_reference = std::numeric_limits<std::uint64_t>::max();

// What stands before a row's texts.
struct lengths {
  std::uint64_t id = 0;
  std::uint64_t reference = no_reference;
  std::uint64_t columns = 0;
};

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

result<void> read_exactly(const io::file& from, char* to, std::size_t bytes, std::uint64_t at) {
  auto got = from.read(to, bytes, at);
  if (!got) return got.error();
  if (*got == bytes) return {};
  return error{errc::unreadable, fmt::format("{}: shorter than it was written", from.path())};
}

template <class T>
result<T> read_value(const io::file& from, std::uint64_t at) {
  std::array<char, sizeof(T)> bytes;
  auto read = read_exactly(from, bytes.data(), bytes.size(), at);
  if (!read) return read.error();
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

result<void> read_text(const io::file& from, std::string& into, std::uint64_t bytes,
                       std::uint64_t at) {
  into.resize(bytes);
  return read_exactly(from, into.data(), bytes, at);
}

}  // namespace

rendered_rows::rendered_rows(scratch_file index, scratch_file texts)
    : index_(std::move(index)), texts_(std::move(texts)) {}

result<rendered_rows::scratch_file> rendered_rows::open(const std::string& directory) {
  auto in = io::file::open_nameless(directory);
  if (!in) return in.error();
  auto again = (*in)->again();
  if (!again) return again.error();
  auto out = io::sink::open(std::move(*again), 0);
  if (!out) return out.error();
  return scratch_file{std::move(*out), std::move(*in)};
}

result<rendered_rows> rendered_rows::create(const std::string& directory) {
  auto index = open(directory);
  if (!index) return index.error();
  auto texts = open(directory);
  if (!texts) return texts.error();
  return rendered_rows(std::move(*index), std::move(*texts));
}

result<void> rendered_rows::append_index(std::uint64_t ordinal, std::uint64_t entry) {
  for (; rows_ < ordinal; ++rows_) {
    auto gap = index_.out.append(bytes_of(unknown));
    if (!gap) return gap;
  }
  ++rows_;
  return index_.out.append(bytes_of(entry));
}

result<void> rendered_rows::add(const sample& rendered) {
  auto indexed = append_index(rendered.key.ordinal, texts_.out.size() + 1);
  lengths head{.id = rendered.id.size(), .columns = rendered.columns.size()};
  if (rendered.reference) head.reference = rendered.reference->size();
  for (const std::string_view part :
       {bytes_of(head), std::string_view(rendered.id), std::string_view(rendered.columns),
        rendered.reference ? std::string_view(*rendered.reference) : std::string_view()}) {
    if (indexed) indexed = texts_.out.append(part);
  }
  return indexed;
}

result<void> rendered_rows::add_bad(std::uint64_t ordinal) { return append_index(ordinal, bad); }

result<void> rendered_rows::finish() {
  auto flushed = index_.out.flush();
  return flushed ? texts_.out.flush() : flushed;
}

result<bool> rendered_rows::take(sample& into) const {
  const std::uint64_t ordinal = into.key.ordinal;
  const std::uint64_t none = unknown;
  auto entry =
      ordinal < rows_ ? read_value<std::uint64_t>(*index_.in, ordinal * sizeof(none)) : none;
  if (!entry) return entry.error();
  if (*entry == unknown) {
    return error{errc::mismatch, fmt::format("record {} was not in the dataset", ordinal)};
  }
  if (*entry == bad) return false;
  auto head = read_value<lengths>(*texts_.in, *entry - 1);
  if (!head) return head.error();
  std::uint64_t at = *entry - 1 + sizeof(lengths);
  auto read = read_text(*texts_.in, into.id, head->id, at);
  at += head->id;
  if (read) read = read_text(*texts_.in, into.columns, head->columns, at);
  at += head->columns;
  into.reference.reset();
  if (read && head->reference != no_reference) {
    read = read_text(*texts_.in, into.reference.emplace(), head->reference, at);
  }
  if (!read) return read.error();
  return true;
}

}  // namespace retort::engine
