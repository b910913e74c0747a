// A config's views in files that nobody else claims, for tests of the fold over them. One thread.
#pragma once

#include "engine/outputs/outputs.hpp"
#include "engine/views/view_fold.hpp"

namespace retort::test {

struct plain_views {
  explicit plain_views(const engine::config& run) : views(engine::views_of(run)) {}
  explicit plain_views(engine::view_list views_) : views(std::move(views_)) {}

  // Once; the fold goes away before this does.
  result<engine::view_fold> open(const engine::config& run, const engine::assessor& assess) {
    return engine::view_fold::open(run, &assess, views, files);
  }

  engine::view_list views;
  engine::view_files files;
};

}  // namespace retort::test
