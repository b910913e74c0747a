#include "engine/measure/trial_window.hpp"

namespace retort::engine {

bool trial_window::is_measured(stamp at) const {
  if (cooled_ > 0) return false;
  return extent_.duration ? at - *begin_ < *extent_.duration : measured_ < extent_.requests;
}

trial_part trial_window::next(stamp at) {
  if (closed_) return trial_part::over;
  if (number_ < extent_.warm_up) {
    ++number_;
    return trial_part::warm_up;
  }
  if (!begin_) begin_ = at;
  if (is_measured(at)) {
    ++number_;
    ++measured_;
    return trial_part::measured;
  }
  if (cooled_ >= extent_.cool_down) {
    closed_ = true;
    return trial_part::over;
  }
  ++number_;
  ++cooled_;
  return trial_part::cool_down;
}

}  // namespace retort::engine
