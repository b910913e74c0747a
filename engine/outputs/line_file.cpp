#include "engine/outputs/line_file.hpp"

#include <algorithm>

namespace retort::engine {

result<void> line_file::next_file() {
  const std::string path = of_->path(file_++);
  auto opened = files_->open(path);
  if (!opened) return opened.error();
  out_ = *opened;
  in_file_ = 0;
  auto made = packer_for(path);
  if (!made) return made.error();
  packer_ = std::move(*made);
  return put(form_.header);
}

// Of a shard's eighth, a group more than that is little.
result<std::unique_ptr<io::packer>> line_file::packer_for(const std::string& path) const {
  if (form_.columns.empty()) return io::make_packer(io::packing_of(path));
  const std::size_t share = form_.shard_bytes / 8;
  const std::size_t group = share ? std::min(share, group_bytes) : group_bytes;
  return make_parquet_packer(form_.columns, *out_, group);
}

result<void> line_file::end_file() {
  if (packer_) {
    if (auto ended = packer_->end(*out_); !ended) return ended;
  }
  return files_->close(out_);
}

result<void> line_file::put(std::string_view bytes) {
  return packer_ ? packer_->append(bytes, *out_) : out_->append(bytes);
}

// Of what is packed, as far as it has come out: a block more is the most that it may be.
bool line_file::is_full_before(std::string_view line) const {
  if (form_.shard_bytes == 0 || in_file_ == 0) return false;
  return out_->size() + (packer_ ? 0 : line.size()) > form_.shard_bytes;
}

result<void> line_file::append(std::string_view line) {
  if (is_full_before(line)) {
    if (auto ended = end_file(); !ended) return ended;
    if (auto begun = next_file(); !begun) return begun;
  }
  ++lines_;
  ++in_file_;
  return put(line);
}

}  // namespace retort::engine
