// `steps`: what each asks, read with what it has of its own in place of the run's. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/keys/config_key.hpp"
#include "engine/keys/yaml_section.hpp"
#include "engine/keys/yaml_tree.hpp"

namespace retort::engine {

// So many answers to one record, over all steps and branches, at most.
inline constexpr std::uint64_t most_slots = 10'000;

// The rows of what stands in a step: those of the run's keys that are of one step or another.
std::vector<config_key> step_rows(const std::vector<config_key>& of_run);

// Where a prompt and its sampling stand, and vary: the tree itself, or each of its steps. A step
// that varies has the run's prompt and sampling written into it where it has none of its own.
std::vector<yaml_node*> asking_nodes(yaml_node& root);
// The prompt and the sampling of such a node, alone.
yaml_node asking_part(const yaml_node& of);

// Which of a step's keys are its own, and which the run's.
class step_keys {
 public:
  step_keys(yaml_section own, yaml_section* run) : own_(std::move(own)), run_(run) {}
  yaml_section& holder_of(std::string_view key) { return own_.has(key) ? own_ : *run_; }
  bool has(std::string_view key) const { return own_.has(key); }

 private:
  yaml_section own_;
  yaml_section* run_;
};

// What holds of all steps together, once each is read.
void check_steps(yaml_section& root, const config& read);
// Says where among model_entries() the models and judges of each step are.
void number_models(config& read);

}  // namespace retort::engine
