#include "engine/answers/answer_text.hpp"

#include <doctest/doctest.h>

using retort::engine::answer_part;

TEST_CASE("the answer is what stands behind the thinking") {
  CHECK(answer_part("5") == "5");
  CHECK(answer_part("<think>4</think>5") == "5");
  CHECK(answer_part("4</think>5") == "5");  // servers that put the first tag into the prompt
  CHECK(answer_part("<think>4</think>3<think>4</think>5") == "5");
  CHECK(answer_part("<thinking>4</thinking>5") == "5");
  CHECK(answer_part("4</thinking>3</think>5") == "5");
  CHECK(answer_part("4</think>3</thinking>5") == "5");
  CHECK(answer_part("4</think>5 < 6 <b>7</b> </thin> <") == "5 < 6 <b>7</b> </thin> <");
  CHECK(answer_part("5</think>") == "");
  CHECK(answer_part("<</think") == "<</think");
  CHECK(answer_part("\xEF\xBB\xBF"
                    "5") == "5");
  CHECK(answer_part("<think>5") == "");
  CHECK(answer_part("\n<think>\n5") == "");
  CHECK(answer_part("I <think> 5") == "I <think> 5");
  CHECK(answer_part("") == "");
}
