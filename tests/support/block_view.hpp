// A view as formats with compression or row groups will be, whose bytes tell where its blocks
// ended: it holds what it takes until a block is full, says at the end of each block and of each
// file how much is in it, and goes on in another file when one is full. One thread.
#pragma once

#include <fmt/format.h>

#include <string>

#include "engine/views/view.hpp"

namespace retort::test {

class block_view : public engine::view {
 public:
  static constexpr std::uint64_t rows_in_block = 7, blocks_in_file = 5;

  // Its files are called `path`, then "<path>-1" and so on.
  explicit block_view(std::string path) : view(engine::view_kind::exported, std::move(path)) {}

  std::string path(std::size_t n = 0) const override {
    return n == 0 ? view::path() : fmt::format("{}-{}", view::path(), n);
  }
  std::string_view render(const engine::sample& judged, std::string& out) const override {
    if (judged.verdict() == engine::verdict::accepted) out += judged.id + ',';
    return {};
  }
  result<std::unique_ptr<engine::view_writer>> begin(engine::view_files& files) const override {
    auto made = std::make_unique<writer>(this, &files);
    if (auto begun = made->next_file(); !begun) return begun.error();
    return made;
  }

 private:
  class writer : public engine::view_writer {
   public:
    writer(const block_view* of, engine::view_files* files) : of_(of), files_(files) {}

    result<void> next_file() {
      auto opened = files_->open(of_->path(file_++));
      if (!opened) return opened.error();
      out_ = *opened;
      blocks_ = 0;
      return out_->append("begin\n");
    }
    result<void> take(const engine::view_change&, std::string_view rendered) override {
      if (held_ == rows_in_block) {
        if (auto ended = end_block(); !ended) return ended;
      }
      if (blocks_ == blocks_in_file) {
        if (auto ended = end_file(); !ended) return ended;
        if (auto begun = next_file(); !begun) return begun;
      }
      block_ += rendered;
      ++held_;
      ++rows_;
      return {};
    }
    result<void> finish() override {
      if (auto ended = end_block(); !ended) return ended;
      return end_file();
    }
    std::uint64_t rows() const override { return rows_; }

   private:
    result<void> end_block() {
      if (held_ == 0) return {};
      auto put = out_->append(fmt::format("{}: {}\n", held_, block_));
      block_.clear();
      held_ = 0;
      ++blocks_;
      return put;
    }
    result<void> end_file() {
      if (auto put = out_->append(fmt::format("end of {} blocks\n", blocks_)); !put) return put;
      return files_->close(out_);
    }

    const block_view* of_;
    engine::view_files* files_;
    io::sink* out_ = nullptr;
    std::string block_;
    std::uint64_t held_ = 0, blocks_ = 0, rows_ = 0;
    std::size_t file_ = 0;
  };
};

}  // namespace retort::test
