// A view that has no state: what it renders of a sample is a line, or several, and they stand in
// its file one behind the other.
#pragma once

#include "engine/views/view.hpp"

namespace retort::engine {

class line_view : public view {
 public:
  using view::view;
  result<std::unique_ptr<view_writer>> begin(view_files& files) const override;

 private:
  // What the file begins with.
  virtual std::string_view header() const { return ""; }
};

}  // namespace retort::engine
