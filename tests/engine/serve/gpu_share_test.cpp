#include "engine/serve/gpu_share.hpp"

#include <doctest/doctest.h>

using namespace retort;
using namespace retort::engine;

namespace {

using names = std::vector<std::string>;

serve_config wanted(std::uint32_t replicas, std::uint32_t gpus = 0) {
  serve_config out;
  out.replicas = replicas;
  out.gpus = gpus;
  return out;
}

}  // namespace

TEST_CASE("the GPUs of a task are those that CUDA sees, else those that Slurm counts") {
  CHECK(gpus_of({}, {}) == names{});
  CHECK(gpus_of({}, "3") == names{"0", "1", "2"});
  CHECK(gpus_of({}, "") == names{});
  CHECK(gpus_of({}, "a100:2") == names{});
  CHECK(gpus_of({}, "99999999999999999999") == names{});
  CHECK(gpus_of("4, 6", "8") == names{"4", "6"});
  CHECK(gpus_of("GPU-3a,MIG-1/2/0", {}) == names{"GPU-3a", "MIG-1/2/0"});
  CHECK(gpus_of("", "8") == names{});
  CHECK(gpus_of("NoDevFiles", "8") == names{});
  CHECK(gpus_of("0,-1,2", {}) == names{"0"});
  CHECK(gpus_of("0,,2", {}) == names{"0"});
}

TEST_CASE("every server gets as many GPUs, no two the same") {
  struct row {
    serve_config to;
    names there, dealt, left;
  };
  const row rows[] = {
      {wanted(0), {"0", "1", "2"}, {"0", "1", "2"}, {}},
      {wanted(0, 2), {"0", "1", "2", "3", "4"}, {"0,1", "2,3"}, {"4"}},
      {wanted(2), {"0", "1", "2", "3", "4"}, {"0,1", "2,3"}, {"4"}},
      {wanted(1), {"0", "1"}, {"0,1"}, {}},
      {wanted(1, 1), {"0", "1"}, {"0"}, {"1"}},
  };
  for (const row& one : rows) {
    names left = one.there;
    const auto dealt = deal_gpus(one.to, false, left);
    REQUIRE(dealt.has_value());
    CHECK(*dealt == one.dealt);
    CHECK(left == one.left);
  }
}

TEST_CASE("without GPUs there is one server, or as many as are wanted") {
  names none;
  CHECK(*deal_gpus(wanted(0), true, none) == names{""});
  CHECK(*deal_gpus(wanted(0, 4), true, none) == names{""});
  CHECK(*deal_gpus(wanted(3), true, none) == names{"", "", ""});
}

TEST_CASE("too few GPUs are told with how many there are") {
  for (const serve_config& to : {wanted(3), wanted(1, 3), wanted(0, 3)}) {
    names left{"0", "1"};
    const auto dealt = deal_gpus(to, false, left);
    REQUIRE_FALSE(dealt.has_value());
    CHECK(dealt.error().message ==
          "serve: GPUs needed: 3; left of those that this task has (CUDA_VISIBLE_DEVICES, "
          "SLURM_GPUS_ON_NODE): 2; see serve.replicas and serve.gpus");
    CHECK(left.size() == 2);
  }
  names taken;
  CHECK_FALSE(deal_gpus(wanted(0), false, taken).has_value());
}
