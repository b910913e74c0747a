// A streamed answer with the stamps that a measurement needs of it: beside first and last content
// the first visible one and every gap. One request's; one thread.
#pragma once

#include <memory>
#include <utility>

#include "engine/endpoint/streamed_answer.hpp"
#include "engine/measure/measurement.hpp"

namespace retort::engine {

class measured_answer final : public io::body_sink {
 public:
  using stamp = measurement::stamp;

  // Behind `most_chunks` of content it wants no more, and the connection is closed; 0: all.
  explicit measured_answer(std::unique_ptr<providers::stream_reader> reader,
                           std::uint64_t most_chunks = 0)
      : inner_(std::move(reader)), most_chunks_(most_chunks) {}

  result<void> take(std::string_view bytes, stamp at) override {
    const std::uint64_t before = inner_.pieces();
    const stamp last = inner_.last_token;
    auto taken = inner_.take(bytes, at);
    const std::uint64_t came = inner_.pieces() - before;
    if (came == 0) return taken;
    if (before > 0) gaps_.push_back(at - last);
    joint_ += came - 1;
    if (first_visible_ == stamp() && inner_.is_visible()) first_visible_ = at;
    if (!taken || !has_enough()) return taken;
    is_given_up_ = true;
    return error{errc::cancelled, "given up by its sender"};
  }
  bool is_given_up() const { return is_given_up_; }
  bool ended() const override { return inner_.ended(); }
  bool whole() const override { return inner_.whole(); }

  providers::outcome finish(const io::http_response& head,
                            std::chrono::system_clock::time_point now) {
    return inner_.finish(head, now);
  }

  void give_stamps(measurement& to) {
    to.first_content = inner_.first_token;
    to.first_visible = first_visible_;
    to.last = inner_.last_token;
    to.is_streamed = inner_.pieces() > 0;
    to.chunks = inner_.pieces();
    to.gaps = std::move(gaps_);
    to.joint_gaps = joint_;
  }

 private:
  bool has_enough() const {
    return most_chunks_ > 0 && inner_.pieces() >= most_chunks_ && !inner_.ended();
  }

  streamed_answer inner_;
  std::uint64_t most_chunks_;
  bool is_given_up_ = false;
  stamp first_visible_;
  std::vector<std::chrono::nanoseconds> gaps_;
  std::uint64_t joint_ = 0;
};

}  // namespace retort::engine
