// Pairs of an answer and its reference, in the forms in which models and datasets write numbers.
#include <doctest/doctest.h>

#include <string>

#include "engine/evaluate/evaluators.hpp"

using namespace retort::engine;

namespace {

// The text up to `end`, off the front of `from` with what ends it.
std::string_view take_up_to(std::string_view& from, std::string_view end) {
  const auto taken = from.substr(0, from.find(end));
  from.remove_prefix(std::min(taken.size() + end.size(), from.size()));
  return taken;
}

std::string with_line_ends(std::string_view text) {
  std::string out(take_up_to(text, "⏎"));
  while (!text.empty()) out.append("\n").append(take_up_to(text, "⏎"));
  return out;
}

// "answer ;; reference ;; another reference" lines; ⏎ ends a line of the answer, # heads a kind.
void check(std::string_view table, double score, decimal_sign style = decimal_sign::point) {
  evaluator_config config;
  config.kind = decltype(config.kind)::numeric;
  config.decimal = style;
  const auto numeric = evaluator::make(config).value();
  while (!table.empty()) {
    std::string_view references = take_up_to(table, "\n");
    if (references.empty() || references.starts_with("# ")) continue;
    const std::string answer = with_line_ends(take_up_to(references, " ;; "));
    CAPTURE(answer);
    while (!references.empty()) {
      const std::string reference(take_up_to(references, " ;; "));
      CAPTURE(reference);
      CHECK(numeric.evaluate(answer, reference).score == score);
    }
  }
}

}  // namespace

TEST_CASE("right answers in the forms in which models write them") {
  check(R"pairs(
# plain sentences
42 ;; 42 ;; 42.0 ;; #### 42 ;; $42 ;; \boxed{42}
The answer is 42. ;; 42
The answer is 42 ;; 42
So Janet makes $18 every day at the farmer's market. ;; 18
She has 3 + 4 = 7 apples left. ;; 7
Therefore, the answer is 42 (forty-two). ;; 42
Answer: 42 ;; 42
Final Answer: 42. ;; 42
A: 42⏎⏎Let me know if you need anything else! ;; 42
1. First add.⏎2. Then halve.⏎3. Answer: 42 ;; 42
42, which is right ;; 42
42; done ;; 42
(42) ;; 42
5 apples ;; 5
x = 5 ;; 5
x=5 ;; 5
x = -5 ;; -5
=15 ;; 15
No. 5 ;; 5
a) 5 ;; 5
1) 5 ;; 5
The answer—42—is known ;; 42
42 – the answer to everything ;; 42
42 - the answer to everything ;; 42
42—which is even ;; 42
<answer>42</answer> ;; 42
<b>42</b> ;; 42
答案是42。 ;; 42
共42人 ;; 42
42元 ;; 42
⏎42⏎ ;; 42
42⏎⏎⏎ ;; 42
Answer:⏎42 ;; 42
# GSM8K
#### 42 ;; 42
####42 ;; 42
#### 1,000 ;; 1000
#### -5 ;; -5
#### $42 ;; 42
#### 42. ;; 42
#### 42 dollars ;; 42
48/2=24 clips in May.⏎48+24=<<48+24=72>>72 altogether.⏎#### 72 ;; 72
#### 0.5 ;; 1/2
# markdown
**42** ;; 42
*42* ;; 42
__42__ ;; 42
_42_ ;; 42
`42` ;; 42
```⏎42⏎``` ;; 42
```text⏎42⏎``` ;; 42
**Answer:** 42 ;; 42
**Answer: 42** ;; 42
**$42** ;; 42
**42**. ;; 42
The answer is **42 apples**. ;; 42
## 42 ;; 42
***-42*** ;; -42
| total | 42 | ;; 42
\*\*42\*\* ;; 42
# boxed
\boxed{42} ;; 42
$\boxed{42}$ ;; 42
The answer is $\boxed{42}$. ;; 42
\[ \boxed{42} \] ;; 42
\(\boxed{42}\) ;; 42
\boxed{ 42 } ;; 42
\boxed {42} ;; 42
\boxed{42.} ;; 42
\boxed{{42}} ;; 42
\boxed{\text{42}} ;; 42
\boxed{\mathbf{42}} ;; 42
\boxed{\textbf{42}} ;; 42
\boxed{\mathrm{42}} ;; 42
\boxed{\left(42\right)} ;; 42
\boxed{41} no wait \boxed{42} ;; 42
\boxed{42} and I am 100% sure ;; 42
\fbox{42} ;; 42
\boxed{x = 42} ;; 42
\boxed{5 apples} ;; 5
\boxed{5 \text{ apples}} ;; 5
\boxed{\text{5 apples}} ;; 5
\boxed{\boxed{42}} ;; 42
\boxed{42}⏎ ;; 42
\boxed{⏎42⏎} ;; 42
\boxed{\$42} ;; 42
\boxed{$42} ;; 42
\boxed{\$1{,}234.50} ;; 1234.5
\boxed{42\text{ dollars}} ;; 42
\boxed{42 \text{ cm}} ;; 42
\boxed{42 \text{ cm}^2} ;; 42
\boxed{42\,\text{km}} ;; 42
\boxed{42\ \mathrm{km}} ;; 42
\boxed{42~\mathrm{km/h}} ;; 42
\boxed{42^\circ} ;; 42
\boxed{42^{\circ}} ;; 42
\boxed{42°} ;; 42
\boxed{25\%} ;; 25 ;; 25\%
\boxed{25 \%} ;; 25
25% ;; 25% ;; 25
25 percent ;; 25% ;; 25
\boxed{3.5 \times 10^{4}} ;; 35000
\boxed{-\frac{3}{4}} ;; -0.75
\boxed{\left(\frac{3}{4}\right)} ;; 0.75
\boxed{3\cdot 10^2} ;; 300
\boxed{- 3} ;; -3
\boxed{+3} ;; 3
\boxed{2^2} ;; 4
\boxed{2^{10}} ;; 1024
\boxed{2^{-1}} ;; 0.5
\boxed{42\text{ million}} ;; 42000000
# fractions & mixed
1/2 ;; 0.5 ;; 2/4
0.5 ;; 1/2
3 / 4 ;; 0.75
-3/4 ;; -0.75
1 1/2 ;; 1.5
-1 1/2 ;; -1.5
2 3/4 cups ;; 2.75
1/2 cup ;; 0.5
\frac12 ;; 0.5
\frac{1}{2} ;; 0.5
\dfrac{1}{2} ;; 0.5
\tfrac12 ;; 0.5
\cfrac{1}{2} ;; 0.5
$\frac{1}{2}$ ;; 0.5
\frac 1 2 ;; 0.5
\frac1{2} ;; 0.5
\frac{1}2 ;; 0.5
\frac {1} {2} ;; 0.5
\frac{-1}{2} ;; -0.5
\frac{1}{-2} ;; -0.5
-\frac{1}{2} ;; -0.5
- \frac{1}{2} ;; -0.5
\frac{1,000}{2} ;; 500
\frac{2000}{2} ;; 1000
1\frac{1}{2} ;; 1.5
1 \frac{1}{2} ;; 1.5
-1\frac12 ;; -1.5
\frac{1}{3} ;; 1/3
½ ;; 0.5
¾ ;; 0.75
1½ ;; 1.5
3 ½ ;; 3.5
-½ ;; -0.5
⅓ ;; 1/3
⅝ ;; 0.625
1⁄2 ;; 0.5
# percent, currency
25 % ;; 25
４２％ ;; 42
12.5% ;; 12.5
The discount is 25%. ;; 25
$42 ;; 42
$ 42 ;; 42
42$ ;; 42
$42.00 ;; 42
$1,234.50 ;; 1234.5
\$1,234.50 ;; 1234.50
$\$42$ ;; 42
€42 ;; 42
42 € ;; 42
42€ ;; 42
£42 ;; 42
¥42 ;; 42
₹42 ;; 42
42 USD ;; 42
USD 42 ;; 42
US$42 ;; 42
EUR 42 ;; 42
Rs. 42 ;; 42
Rs 42 ;; 42
Rs.42 ;; 42
42 dollars ;; 42
-$5 ;; -5
$-5 ;; -5
−$5 ;; -5
-\$5 ;; -5
$5 million ;; 5000000
42円 ;; 42
42원 ;; 42
# scales
1.5 million ;; 1500000
1.5 Million ;; 1500000
3 hundred ;; 300
42 thousand ;; 42000
2 billion ;; 2000000000
2.5 trillion ;; 2500000000000
# thousands
1,000 ;; 1000
1,234,567 ;; 1234567
1,234.5 ;; 1234.5
1 000 ;; 1000
1 000 000 ;; 1000000
1 000.5 ;; 1000.5
1'000'000 ;; 1000000
1’000’000 ;; 1000000
1_000_000 ;; 1000000
12,34,567 ;; 1234567
1,00,000 ;; 100000
₹1,00,000.50 ;; 100000.5
1{,}000 ;; 1000
1\,000 ;; 1000
1\,000\,000 ;; 1000000
1\;000 ;; 1000
1~000 ;; 1000
1\!,\!000 ;; 1000
1,\!000 ;; 1000
1.000 ;; 1
1,000.000 ;; 1000
# decimals
42.0 ;; 42
42.00 ;; 42
.5 ;; 0.5
-.5 ;; -0.5
5. ;; 5
0.50 ;; 0.5
007 ;; 7
-0 ;; 0
0 ;; -0
+5 ;; 5
3.14 ;; 3.14
3.140 ;; 3.14
123456789012345678901234567890 ;; 123,456,789,012,345,678,901,234,567,890
0.1 ;; 0.10
1e400 ;; 1e400
# negatives
-5 ;; -5 ;; −5
–3 ;; -3
−3 ;; -3
x = - 3 ;; -3
x = – 3 ;; -3
x = − 3 ;; -3
－５ ;; -5
(-5) ;; -5
The answer is -5. ;; -5
The answer is –5. ;; -5
negative 5 ;; -5
- 3 ;; -3
x = 3 - 5 = -2 ;; -2
5 - (-3) = 8 ;; 8
‑7 ;; -7
﹣7 ;; -7
# scientific & powers
1.2e3 ;; 1200
1.2E3 ;; 1200
1.2e+3 ;; 1200
1e-3 ;; 0.001
1.2×10^3 ;; 1200
1.2 × 10^3 ;; 1200
1.2 x 10^3 ;; 1200
1.2x10^3 ;; 1200
1.2 * 10^3 ;; 1200
1.2*10^3 ;; 1200
1.2 · 10³ ;; 1200
1.2 × 10³ ;; 1200
1.2 \times 10^3 ;; 1200
$1.2 \times 10^{3}$ ;; 1200
1.2\times10^{-3} ;; 0.0012
1.2 × 10^-3 ;; 0.0012
1.2 × 10⁻³ ;; 0.0012
1.2 × 10^(-3) ;; 0.0012
10^{-3} ;; 0.001
10^6 ;; 1000000
10⁶ ;; 1000000
10^{6} ;; 1000000
3 × 10^6 ;; 3e6
3 × 10^6 m/s ;; 3000000
-1.6 × 10^{-19} ;; -1.6e-19
5² ;; 25
2^3 ;; 8
2**10 ;; 1024
# expressions, ranges
x ≈ 3 ;; 3
x \approx 3 ;; 3
~3 ;; 3
about 3 ;; 3
1st ;; 1
5th ;; 5
\boxed{5\text{th}} ;; 5
\boxed{5^{\text{th}}} ;; 5
# units
5 km ;; 5
5km ;; 5
5 kg ;; 5
5kg ;; 5
5 km/h ;; 5
5 m/s ;; 5
5 m/s^2 ;; 5
5 m/s² ;; 5
5 m^2 ;; 5
25 m² ;; 25
5 cm² ;; 5
5 cm^{2} ;; 5
5 square feet ;; 5
5 sq ft ;; 5
5 hours ;; 5
5h ;; 5
5 min ;; 5
5mm ;; 5
5° ;; 5
5 °C ;; 5
5°C ;; 5
90^\circ ;; 90
$90^{\circ}$ ;; 90
9 a.m. ;; 9
9 am ;; 9
9 o'clock ;; 9
5 units ;; 5
5 years old ;; 5
3 people per day ;; 3
$5 per hour ;; 5
$5/hour ;; 5
60 mph ;; 60
60mph ;; 60
5 ft ;; 5
5ft ;; 5
5 in. ;; 5
5 inches ;; 5
5 L ;; 5
5 mL ;; 5
5 kWh ;; 5
5 Ω ;; 5
5 μm ;; 5
5 N ;; 5
5 J ;; 5
5 mol ;; 5
5 GB ;; 5
5个苹果 ;; 5
5개 ;; 5
5 km² ;; 5
5 m³ ;; 5
5 \text{ m}^3 ;; 5
$5\,\text{m/s}$ ;; 5
$5\text{ apples}$ ;; 5
5 \text{ km} ;; 5
\boxed{5\,\text{m/s}^2} ;; 5
\boxed{5\text{ hours}} ;; 5
\boxed{5\text{ years}} ;; 5
\boxed{5\text{ feet}} ;; 5
\boxed{5\text{ square units}} ;; 5
\boxed{5\text{ units}} ;; 5
\boxed{5\text{ minutes}} ;; 5
\boxed{5 km} ;; 5
\boxed{5 \text{ cm}^{2}} ;; 5
\boxed{5\mathrm{~cm}} ;; 5
\boxed{5 \, \mathrm{J}} ;; 5
\boxed{5 \, \mathrm{m} \cdot \mathrm{s}^{-1}} ;; 5
\boxed{\text{5 km}} ;; 5
\boxed{5\text{ cents}} ;; 5
\boxed{5\text{ USD}} ;; 5
\boxed{5 €} ;; 5
\boxed{€5} ;; 5
\boxed{5 \text{ percent}} ;; 5
\boxed{\textdollar 5} ;; 5
# think
<think>43</think>42 ;; 42
43</think>42 ;; 42
<think>\boxed{41}</think> \boxed{42} ;; 42
<think>\boxed{41}</think> 42 ;; 42
<think></think>42 ;; 42
<think>a</think>⏎⏎**42** ;; 42
<thinking>43</thinking>42 ;; 42
# digits of others
４２ ;; 42
３．５ ;; 3.5
１，０００ ;; 1000
٤٢ ;; 42
۴۲ ;; 42
४२ ;; 42
# LaTeX spacing & math delimiters
$42$ ;; 42
$$42$$ ;; 42
\(42\) ;; 42
\[42\] ;; 42
\[ x = 42 \] ;; 42
$x = 42$. ;; 42
$$x = \frac{84}{2} = 42$$ ;; 42
\text{42} ;; 42
\mathbf{42} ;; 42
\displaystyle 42 ;; 42
\boxed{\displaystyle 42} ;; 42
\boxed{\displaystyle\frac{1}{2}} ;; 0.5
\boxed{\!42} ;; 42
\boxed{\;42\;} ;; 42
\boxed{\,42\,} ;; 42
\boxed{42\quad} ;; 42
\boxed{\large 42} ;; 42
\boxed{1{,}000{,}000} ;; 1000000
\boxed{1,000,000} ;; 1000000
\boxed{1\,000\,000} ;; 1000000
\boxed{1 000 000} ;; 1000000
\boxed{10,\!000} ;; 10000
\boxed{6.02 \times 10^{23}} ;; 6.02e23
\boxed{6.02\cdot10^{23}} ;; 6.02e23
\boxed{10^{-3}} ;; 0.001
\boxed{\frac12} ;; 0.5
\boxed{\dfrac{1}{2}} ;; 0.5
\boxed{1/2} ;; 0.5
\boxed{1\frac{1}{2}} ;; 1.5
\boxed{1 1/2} ;; 1.5
\boxed{-\dfrac{1}{2}} ;; -0.5
\boxed{−5} ;; -5
\boxed{–5} ;; -5
\boxed{-5} ;; -5
\boxed{0.5} ;; \frac{1}{2}
\boxed{.5} ;; 0.5
\boxed{½} ;; 0.5
\boxed{1e3} ;; 1000
\boxed{４２} ;; 42
\boxed{2^3} ;; 8
\boxed{**42**} ;; 42
\boxed{\mathbf{\frac{1}{2}}} ;; 0.5
\boxed{1.5 \text{ million}} ;; 1500000
\boxed{0} ;; 0
\boxed{-0} ;; 0
\boxed{\frac{2}{6}} ;; 1/3
# references in odd forms
1000 ;; 1,000 ;; 1 000
0.75 ;; \frac{3}{4}
3000000 ;; 3 × 10^6
5 ;; 5 km ;; 5.
# several
0.5 or 50% ;; 50
1/2 or 0.5 ;; 0.5
3½ or 3.5 ;; 3.5
5 or more ;; 5
On day 3, 15 apples remain. ;; 15
By 2030, 42. ;; 42
There are 12 boys and 15 girls. ;; 15
So 12 - 4 = 8 and 8 * 2 = 16. ;; 16
x = 3 and y = 5 ;; 5
x = 3, y = 5 ;; 5
She went to 5 shops ;; 5
It took from Monday to 5 pm ;; 5
a total of 12 ;; 12
the sum is 12 ;; 12
30s ;; 30
# more scripts, clocks
9 p.m. ;; 9
9pm ;; 9
9am ;; 9
at 9 P.M. ;; 9
It is 5 o'clock. ;; 5
It is 5 o’clock ;; 5
42<|im_end|> ;; 42
42</s> ;; 42
42 ∎ ;; 42
$42$ $\blacksquare$ ;; 42
𝟒𝟐 ;; 42
๔๒ ;; 42
৪২ ;; 42
5 Mio. ;; 5000000
\boxed{41} \fbox{42} ;; 42
1.2 × 10^(6) ;; 1200000
x^(2) = 9, so x = 3 ;; 3
# decimal: comma
The final answer is: $\boxed{18}$ ;; 18
Therefore, Janet makes **$18** per day. ;; 18
Therefore, Janet makes $\$18$ per day. ;; 18
Total = 5 * 3 = 15 ;; 15
The total cost is $3.50 + $1.50 = $5.00. ;; 5
3 + 4 is 7 ;; 7
The answer is 10/3. ;; 10/3
### Answer: 42 ;; 42
Answer = 42 ;; 42
answer→42 ;; 42
∴ 42 ;; 42
=> 42 ;; 42
--> 42 ;; 42
"42" ;; 42
'42' ;; 42
“42” ;; 42
«42» ;; 42
「42」 ;; 42
【42】 ;; 42
（42） ;; 42
｛42｝ ;; 42
Answer：42 ;; 42
＝42 ;; 42
42。 ;; 42
42！ ;; 42
42 ！ ;; 42
42、 ;; 42
{"answer": 42} ;; 42
{"answer": "42"} ;; 42
answer: 42\n ;; 42
42\\ ;; 42
\begin{align*} x &= 42 \end{align*} ;; 42
\begin{equation}⏎x = 42⏎\end{equation} ;; 42
$$x = 42$$⏎⏎That's it! ;; 42
\text{Answer: } 42 ;; 42
\boxed{42}$. ;; 42
$\boxed{42\text{ apples}}$. ;; 42
$\boxed{42}$ apples. ;; 42
$\boxed{42}\%$ ;; 42
$\boxed{42} \text{ km}$ ;; 42
x = \boxed{4} ;; 4
= \boxed{4} ;; 4
\$\boxed{4} ;; 4
is \boxed{4} ;; 4
is: \boxed{4} ;; 4
5 - 1 = \boxed{4} ;; 4
x \approx \boxed{4} ;; 4
\boxed{-4} ;; -4
\boxed{+4} ;; 4
\boxed{(4)} ;; 4
1.5 * 10^ 6 ;; 1500000
# endings and wrappings
**Final Answer:** $\boxed{18}$ dollars ;; 18
The final answer is $18$. I hope it is correct. ;; 18
Answer: $18/day ;; 18
Answer: 18 (dollars) ;; 18
Answer: 18 dollars/day ;; 18
= $18 ✅ ;; 18
The answer is \(\boxed{18}\). ;; 18
\[\boxed{18 \text{ dollars per day}}\] ;; 18
\boxed{18\ \text{eggs}} ;; 18
\boxed{\$18\text{ per day}} ;; 18
\boxed{18\text{ m}^3} ;; 18
\boxed{18 \; \text{cm}} ;; 18
\boxed{\approx 18} ;; 18
\boxed{18\text{ square cm}} ;; 18
\boxed{$18$} ;; 18
\boxed{\(18\)} ;; 18
\boxed{18^\circ \text{C}} ;; 18
\boxed{18^{\circ}\mathrm{C}} ;; 18
\boxed{18\text{kg}} ;; 18
\boxed{18\text{ KG}} ;; 18
print(18) ;; 18
Output: 18 ;; 18
18 (i.e., 18.0) ;; 18
Answer: 18⏎⏎--- ;; 18
18⏎⏎*Note: rounded.* ;; 18
18 ppl ;; 18
18 / 1 ;; 18
x = 36/2 = 18 ;; 18
18 = x ;; 18
Total: 18 + 0 = **18** ;; 18
(a) 5 (b) 18 ;; 18
\textbf{18} ;; 18
\underline{18} ;; 18
The answer is \text{18}. ;; 18
Final answer \Rightarrow 18 ;; 18
\therefore x = 18 ;; 18
$18{,}000$ ;; 18000
$18\,000$ ;; 18000
$1.8 \times 10^4$ ;; 18000
1.8E4 ;; 18000
18k dollars ;; 18000
It is 30 + $160 or $190 ;; 190
−18.50 € ;; -18.5
18.50 USD ;; 18.5
18 °F ;; 18
18 sq. ft. ;; 18
18 km/hr ;; 18
18 mi/h ;; 18
18 % ;; 18%
$18 ;; 18 dollars
€18 ;; 18 euros
$18$ ;; 18 km
with a remainder of 2 ;; 2
leaves remainder 2 ;; 2
19/20 * 100 = %95. ;; 95
)pairs",
        1);
}

TEST_CASE("wrong answers that hold the reference's digits, and answers that are no one number") {
  check(R"pairs(
# plain sentences
42 ;; 43
(42) ;; -42
x = -5 ;; 5
 ;; 42
no number here ;; 42
forty-two ;; 42
one ;; 1
The answer is 42! ;; 42
# GSM8K
#### 42 ;; 41
# markdown
**-42** ;; 42
# boxed
\boxed{41} no wait \boxed{42} ;; 41
\boxed{42} and I am 100% sure ;; 100
\boxed{42} or 43 ;; 43
42 \boxed{} ;; 0 ;; 42
\boxed{42 ;; 42
\boxed{x = 42} ;; 41
\boxed5 ;; 5
\boxed 5 ;; 5
25% ;; 0.25
0.25 ;; 25%
\boxed{-\frac{3}{4}} ;; 0.75
\boxed{3, 5} ;; 5 ;; 3
\boxed{3,5} ;; 35
\boxed{3 \text{ and } 5} ;; 5
\boxed{3 \text{ or } 5} ;; 5
\boxed{(3,5)} ;; 5
\boxed{(3, 5)} ;; 3
\boxed{[3,5]} ;; 5
\boxed{\{3,5\}} ;; 5
\boxed{A} ;; 42
\boxed{\text{(A) } 5} ;; 6
\boxed{y = 2x + 3} ;; 3
\boxed{x^2+3} ;; 3
\boxed{1 < x < 2} ;; 2 ;; 1
\boxed{x \ge 2} ;; 2
\boxed{x > 2} ;; 2
\boxed{\pm 5} ;; 5 ;; -5
\boxed{\pm5} ;; 5
\boxed{±5} ;; 5
\boxed{\mp 5} ;; 5
\boxed{5 \pm 1} ;; 5 ;; 1
\boxed{5!} ;; 5
\boxed{2i} ;; 2
\boxed{3+4i} ;; 4 ;; 3
\boxed{5x} ;; 5
\boxed{3\pi} ;; 3
\boxed{3π} ;; 3
\boxed{\pi} ;; 3.14159
\boxed{\frac{\pi}{2}} ;; 2
\boxed{\frac{\sqrt{3}}{2}} ;; 2 ;; 1.5
\boxed{2\sqrt{3}} ;; 2 ;; 3 ;; 6
\boxed{\sqrt{3}} ;; 3
\boxed{\sqrt[3]{5}} ;; 3 ;; 5
\boxed{4\sqrt{2}} ;; 4
4√2 ;; 4
√2 ;; 2
\boxed{e^2} ;; 2
\boxed{2e} ;; 2
\boxed{\ln 2} ;; 2
\boxed{\log_2 8} ;; 8
\boxed{\log_{2} 8} ;; 2
\boxed{\sin 30^\circ} ;; 30
\boxed{f(3)} ;; 3
\boxed{a_{42}} ;; 42
\boxed{x_1} ;; 1
\boxed{|-5|} ;; -5
\boxed{\binom{5}{2}} ;; 2 ;; 5 ;; 2.5
\boxed{\lfloor 3.5 \rfloor} ;; 3.5
\boxed{\lceil 3.5 \rceil} ;; 3.5
\boxed{101_2} ;; 101
\boxed{101_{2}} ;; 2
\boxed{12_8} ;; 12
\boxed{3 \pmod 5} ;; 5
\boxed{\begin{pmatrix} 1 \\ 2 \end{pmatrix}} ;; 2 ;; 1
\boxed{\infty} ;; 0
\boxed{3:4} ;; 4 ;; 3
\boxed{3-5} ;; 5 ;; 3
\boxed{3 - 5} ;; -5
\boxed{3--5} ;; 3
\boxed{3 + 5} ;; 5
\boxed{5 \cdot 3} ;; 3
\boxed{5 \times 3} ;; 5
\boxed{2^3 \cdot 5} ;; 5 ;; 8
\boxed{3\cdot 10^2} ;; 3
\boxed{3x10} ;; 3
\boxed{6 \div 2} ;; 2 ;; 6
\boxed{\text{none}} ;; 0
\boxed{\text{one}} ;; 1
\boxed{\text{Monday}} ;; 1
\boxed{- 3} ;; 3
\boxed{2^{10}} ;; 2 ;; 10
\boxed{2^x} ;; 2
\boxed{2^{x}} ;; 2
\boxed{x^{2}} ;; 2
\boxed{(-2)^2} ;; -4
\boxed{-2^2} ;; 4
\boxed{2^{1/2}} ;; 2
\boxed{2^{0.5}} ;; 2
\boxed{2^{-1}} ;; 2
\boxed{\sqrt{4}} ;; 2 ;; 4
\boxed{3 \text{ hours } 20 \text{ minutes}} ;; 20 ;; 3
\boxed{\text{Room } 3} ;; 4
\boxed{3 \neq 4} ;; 4
\boxed{x \neq 4} ;; 4
\boxed{\approx} ;; 4
\boxed{\frac{3x}{2}} ;; 1.5
\boxed{\frac{x}{2}} ;; 2
\boxed{\frac{3}{x}} ;; 3
\boxed{\frac{1}{0}} ;; 0 ;; 1
\boxed{1/0} ;; 1
\boxed{10\text{ and }12} ;; 12
\boxed{42\text{ million}} ;; 42
\boxed{5\text{ or more}} ;; 5
\boxed{\text{at least }5} ;; 5
\boxed{5\%\text{ to }10\%} ;; 10
\boxed{1.2.3} ;; 3
\boxed{\overline{AB} = 12} ;; 13
\boxed{\overline{12}} ;; 13
\boxed{5^\text{th}} ;; 6
# fractions & mixed
1/2 ;; 2 ;; 1
3 / 4 ;; 4
-3/4 ;; 0.75
1 1/2 ;; 0.5 ;; 5.5
-1 1/2 ;; -0.5
\frac{-1}{2} ;; 0.5
-\frac{1}{2} ;; 0.5
1\frac{1}{2} ;; 0.5
\frac{1}{\frac{1}{2}} ;; 2
\frac{\frac{1}{2}}{3} ;; 1/6 ;; 3
0.333 ;; 1/3
0.3333333333 ;; 1/3
0.\overline{3} ;; 1/3 ;; 0.3
0.(3) ;; 1/3 ;; 3
0.333... ;; 3 ;; 1/3 ;; 0.333
1/2/3 ;; 3 ;; 1.5 ;; 0.5
3/0 ;; 3 ;; 0
\frac{\pi}{4} ;; 4
\frac{x}{4} ;; 4
\frac{\sqrt{2}}{4} ;; 4
x/4 ;; 4
π/4 ;; 4
1½ ;; 1 ;; 0.5
2½x ;; 2.5
2 and a half ;; 2
2 and 1/2 ;; 0.5
2-1/2 ;; 0.5
7/10 ;; 10 ;; 7
# percent, currency
-$5 ;; 5
$-5 ;; 5
($5) ;; -5
$5-$10 ;; 10 ;; 5
$5 - $10 ;; 10
42 cents ;; 0.42
$5 million ;; 5
$5M ;; 5
5k ;; 5
5K ;; 5
42k ;; 42
$5B ;; 5
$5bn ;; 5
5mn ;; 5
42万 ;; 42
42 万 ;; 42
3億 ;; 3
3亿 ;; 3
42万元 ;; 42
3千 ;; 3
# scales
1.5 million ;; 1.5
3 hundred ;; 3
42 thousand ;; 42
2 billion ;; 2
5 lakh ;; 5
5 crore ;; 5
3 hundred thousand ;; 3 ;; 300
3 dozen ;; 36.5 ;; 3
5 millions ;; 5
5 thousands ;; 5
5-million ;; 5
5 million ;; 5
3 quadrillion ;; 3
3 mil ;; 3000
# thousands
1,234,567 ;; 567
1 000 ;; 0 ;; 1
3,5 ;; 5 ;; 3 ;; 35 ;; 3.5
1,23 ;; 23 ;; 123
1,2345 ;; 2345 ;; 12345
1234,567 ;; 567 ;; 1234567
1,000,00 ;; 100000
0,123 ;; 123
0,5 ;; 5
1.234,56 ;; 56 ;; 1.234 ;; 1234.56
1.234,5 ;; 5
1.000.000 ;; 1 ;; 0
1.000 ;; 1000
1.234 ;; 1234
1,000 000 ;; 0 ;; 1000
1 000,000 ;; 0
1'000 000 ;; 0
10'00 ;; 0 ;; 10
10_00 ;; 0
3 (5) ;; 3
# decimals
-.5 ;; 0.5
.5 ;; 5
42.5 ;; 42 ;; 5
3.14 ;; 3.141
123456789012345678901234567890 ;; 123456789012345678901234567891
0.30000000000000004 ;; 0.3
1e400 ;; 1e401 ;; 1
1e999999999999 ;; 1
1e-999999999999 ;; 0
NaN ;; NaN
nan ;; 0
inf ;; inf
Infinity ;; 0
∞ ;; 0
0x2A ;; 0 ;; 2
0x10 ;; 10
0b101 ;; 101 ;; 0
1.2.3 ;; 3 ;; 1.2
192.168.0.1 ;; 1 ;; 0.1
v2.0 ;; 2
# negatives
-5 ;; 5
–3 ;; 3
−3 ;; 3
x = - 3 ;; 3
－５ ;; 5
minus 5 ;; -5 ;; 5
negative 5 ;; 5
--5 ;; -5
+-5 ;; 5
±5 ;; 5 ;; -5
+/-5 ;; 5
+/- 5 ;; -5
\pm 5 ;; 5
$\pm 5$ ;; 5
5 ± 0.1 ;; 0.1 ;; 5
- 3 ;; 3
Answer - 42 ;; 42 ;; -42
3 -5 ;; -5
|-5| ;; -5
‑7 ;; 7
# scientific & powers
10^6 ;; 10 ;; 6
10⁶ ;; 10
3 × 10^6 ;; 3 ;; 6 ;; 10
3 × 10^8 ;; 3 × 10^6
3 × 10⁸ ;; 3
3 \times 10^{8} ;; 8
5² ;; 5
x² ;; 2
2^3 ;; 3 ;; 2
2**10 ;; 10 ;; 2
3e ;; 3
3e5x ;; 5
10^x ;; 10
2^{n+1} ;; 1 ;; 2
10^6^2 ;; 10
5e3e2 ;; 2
# expressions, ranges
3 - 5 ;; 5 ;; -5 ;; 3
3-5 ;; 5 ;; -5
3–5 ;; 5 ;; -5
3—5 ;; 5
3 to 5 ;; 5
5-10% ;; 10
between 3 and 5 ;; 5
3 or 5 ;; 5
either 3 or 5 ;; 5
3 and 5 ;; 5
3, 5 ;; 5
(3, 5) ;; 5
(3,5) ;; 5
[3, 5] ;; 5
{3, 5} ;; 5
3 × 4 ;; 4
3 x 4 ;; 4
3x4 ;; 4
3*4 ;; 4
3 * 4 ;; 4
12 = 3 * 4 ;; 4
12 = 3 × 4 ;; 4
3 + 4 ;; 4
3+4 ;; 4
6 ÷ 2 ;; 2
5x ;; 5
y = 5x ;; 5
5x + 3 ;; 3
x + 3 ;; 3
x - 3 ;; 3 ;; -3
2n ;; 2
5! ;; 5
2i ;; 2
3 + 4i ;; 4
3π ;; 3
3 π ;; 3
3\pi ;; 3
$3\pi$ ;; 3
3 \pi ;; 3
\sqrt{3} ;; 3
sqrt(3) ;; 3
2 sqrt(3) ;; 3
2sqrt(3) ;; 2
pi/2 ;; 2
3 pi ;; 3
3pi ;; 3
log 5 ;; 5
f(3) ;; 3
x > 3 ;; 3
x ≥ 3 ;; 3
x >= 3 ;; 3
x < 3 ;; 3
x ≤ 3 ;; 3
x <= 3 ;; 3
x ≠ 3 ;; 3
x != 3 ;; 3
x \geq 3 ;; 3
x \leq 3 ;; 3
x \neq 3 ;; 3
x \lt 3 ;; 3
x \gt 3 ;; 3
> 3 ;; 3.5
x &gt; 3 ;; 3
5+ ;; 5
3:30 ;; 30 ;; 3
at 3:30 pm ;; 30
3:30 PM ;; 3
3:4 ;; 4
3 : 4 ;; 4
the ratio is 3:4 ;; 3
2024-01-15 ;; 15 ;; -15 ;; 2024
01/15/2024 ;; 2024
1/15/2024 ;; 2024
15.01.2024 ;; 2024 ;; 15.01
555-1234 ;; 1234
1-800-555 ;; 555
x1 ;; 1
x_1 ;; 1
x₁ ;; 1
H2O ;; 2
H₂O ;; 2
GPT-4 ;; 4 ;; -4
COVID-19 ;; 19 ;; -19
3D ;; 3
A4 ;; 4
Q3 ;; 3
4x4 ;; 4
the 1990s ;; 1990
5'6" ;; 6
abc123 ;; 123
3 mod 5 ;; 5
7 out of 10 ;; 10
7 ± 2 ;; 2
5 - x ;; 5
5·3 ;; 3
3.5.7 ;; 7
5..6 ;; 6
5...6 ;; 6
5e ;; 5
101₂ ;; 101
101_2 ;; 101 ;; 2
3∙10 ;; 10
2⋅3 ;; 3
3∕4 ;; 4
7 choose 2 ;; 2.5
∛5 ;; 5
∑5 ;; 5
1.5e ;; 1.5
①② ;; 2
# units
5 m ;; 5 km
1 hour 30 minutes ;; 30
5 hours and 30 minutes ;; 30
# think
<think>42</think> ;; 42
<think>42 ;; 42
<think>\boxed{42}</think> I don't know ;; 42
<think>\boxed{41}</think> 42 ;; 41
<think>a</think> 42 <think> 43 </think> ;; 43
# digits of others
٤٢ ;; 4
١٫٥ ;; 5
4２ ;; 4
Ⅳ ;; 5
# LaTeX spacing & math delimiters
\boxed{0.\overline{3}} ;; 1/3
\boxed{0.1\overline{6}} ;; 1/6
# references in odd forms
3 ;; \sqrt{3} ;; 3\pi ;; 5, 3 ;; 2 or 3 ;; x > 3 ;;  ;; three ;; 3:30
5 ;; 3,5 ;; 5x ;; 5!
30 ;; 3:30
15 ;; 2024-01-15
# several
x = 3 or x = 5 ;; 5
x = 3 or 5 ;; 5
$x = 3$ or $x = 5$ ;; 5
$3 to $5 ;; 5
3 cm to 5 cm ;; 5
3 to 5 cm ;; 5
between 3 and 5 apples ;; 5
from $10 to $20 ;; 20
3; 5 ;; 5
x = 3, 5 ;; 5
x = 3, -5 ;; -5
The primes are 2, 3, 5. ;; 5
2, 3, and 5 ;; 5
**3** or **5** ;; 5
1 2 ;; 2
10 00 ;; 10 ;; 0
20% of 50 ;; 50
half of 50 ;; 50
20% of the 50 students ;; 50
5 of 12 ;; 12
3/4 of 12 ;; 12
5 apples x 3 ;; 3
# more scripts, clocks
9 am ;; 9 pm
42만 ;; 42
5천원 ;; 5
5 Millionen ;; 5
5 Mrd. Euro ;; 5
5 mil ;; 5
\fbox{42} and 43 ;; 43
1.234.567,89 ;; 89
The 7 items cost 1.234.567,89 ;; 7
The 7 items cost 1.000.000 ;; 7
2^(1/2) ;; 2
2^(n+1) ;; 1
# decimal: comma
The answer is 3+4. ;; 4
The answer is 10/3. ;; 3
$\boxed{42} \times 10^3$ ;; 42
$\boxed{42}^2$ ;; 42
$\boxed{42}!$ ;; 43
$\boxed{4}\sqrt{2}$ ;; 4
$\boxed{4}\pi$ ;; 4
-\boxed{4} ;; 4 ;; -4
3\boxed{4} ;; 4
x > \boxed{4} ;; 4
\sqrt{\boxed{4}} ;; 4
\frac{\boxed{4}}{2} ;; 4
\pm\boxed{4} ;; 4
\pm \boxed{4} ;; 4
2\pi\boxed{4} ;; 4
5 - \boxed{4} ;; 4
5 + \boxed{4} ;; 4
5 \times \boxed{4} ;; 4
\boxed{5} + \boxed{4} ;; 4
\boxed{5} \text{ or } \boxed{4} ;; 4
\boxed{3} \text{ to } \boxed{4} ;; 4
\boxed{5} - \boxed{4} ;; 4
\boxed{5}, \boxed{4} ;; 5
\boxed{1}\frac{1}{2} ;; 1
\boxed{1} 1/2 ;; 1
\boxed{1}/2 ;; 1
\boxed{1}:2 ;; 1
\boxed{1},5 ;; 1
\boxed{1}.5 ;; 1
\boxed{1}5 ;; 1
\boxed{1} million ;; 1
\boxed{1}k ;; 1
\boxed{1} \pm 2 ;; 1
\boxed{−4} ;; 4
\boxed{x=\pm 4} ;; 4
\boxed{x = 4 \text{ or } x = -4} ;; -4
\boxed{x = 4, y = 5} ;; 5
\boxed{4;5} ;; 5
\boxed{4\quad 5} ;; 5
\boxed{4 \\ 5} ;; 5
\boxed{4 5} ;; 45 ;; 5
\boxed{4 = 5} ;; 5
\boxed{4 \to 5} ;; 5
\boxed{4 \ldots 5} ;; 5
\boxed{\frac{4}{5}, \frac{1}{2}} ;; 0.5
\boxed{(-\infty, 4)} ;; 4
\boxed{[4, \infty)} ;; 4
\boxed{4 \text{ (mod } 5)} ;; 4
\boxed{4+} ;; 4
\boxed{4-} ;; 4
\boxed{4^+} ;; 4
\boxed{4"} ;; 4.5
\boxed{4^*} ;; 4
\boxed{4^\prime} ;; 4
\boxed{4_5} ;; 4
\boxed{4_{\text{five}}} ;; 4 ;; 45
\boxed{0x4} ;; 4
\boxed{4e} ;; 4
\boxed{e^4} ;; 4
\boxed{\ln 4} ;; 4
\boxed{\log 4} ;; 4
\boxed{4\log 2} ;; 4
\boxed{4 \sin 30} ;; 4
\boxed{\sqrt4} ;; 4
\boxed{\sqrt 4} ;; 4
\boxed{4 \sqrt5} ;; 4
\boxed{\sqrt{4} + 1} ;; 1
\boxed{\frac{\sqrt{4}}{2}} ;; 2
\boxed{4\cdot\frac{1}{2}} ;; 4
\boxed{4\frac{x}{2}} ;; 4
\boxed{4 \frac{3}{2}} ;; 4
\boxed{4(5)} ;; 5 ;; 4
\boxed{(4)(5)} ;; 5
\boxed{|4|} ;; -4
\boxed{\left|-4\right|} ;; -4
\boxed{4 \bmod 3} ;; 4
\boxed{4 \times 10} ;; 4 ;; 10
\boxed{4 \times 10^{x}} ;; 4
\boxed{4 \times 10^{2} \times 3} ;; 400
\boxed{4 \times 2^{3}} ;; 4
\boxed{2^{2^2}} ;; 4
\boxed{2^2^2} ;; 4
\boxed{1.5.2} ;; 1.5
\boxed{1..5} ;; 1
\boxed{.} ;; 0
\boxed{-} ;; 0
\boxed{ } ;; 0
\boxed{} ;; 0
\boxed{\$} ;; 0
\boxed{\%} ;; 0
\boxed{?} ;; 0
\boxed{\text{yes}} ;; 1
\boxed{\text{Option } 4} ;; 4
\boxed{\text{B}} ;; 4
\boxed{\text{(4)}} ;; 5
\boxed{4\text{th grade}} ;; 5
\boxed{4:00} ;; 4
\boxed{4\!:\!30} ;; 30
\boxed{4{:}30} ;; 30
\boxed{4\text{ km and }300\text{ m}} ;; 300
\boxed{4\text{h }30\text{m}} ;; 30
\boxed{\$4 \text{ and } 30 \text{ cents}} ;; 30
\boxed{\sim} ;; 4
\boxed{< 4} ;; 4
\boxed{\leq 4} ;; 4
\boxed{\geq 4} ;; 4
\boxed{>4} ;; 4
\boxed{\neq 4} ;; 4
\boxed{\lt 4} ;; 4
\boxed{4 < x} ;; 4
\boxed{x \in (0, 4)} ;; 4
\boxed{x \in \{4\}} ;; 4.5
\boxed{4 + 3i} ;; 4
\boxed{4i} ;; 4
\boxed{4\mathrm{i}} ;; 4
\boxed{4j} ;; 4
\boxed{4\theta} ;; 4
\boxed{4\alpha} ;; 4
\boxed{4a} ;; 4
\boxed{4ab} ;; 4
\boxed{4xy} ;; 4
\boxed{4x^2} ;; 4
\boxed{4 x} ;; 4
\boxed{4n + 1} ;; 1
\boxed{4!!} ;; 4
\boxed{4 !} ;; 4
\boxed{\Gamma(4)} ;; 4
\boxed{\vec{4}} ;; 4
\boxed{\overline{4}} ;; 4
\boxed{\overline{42}} ;; 42
\boxed{0.\overline{4}} ;; 4 ;; 0
\boxed{0.\dot{4}} ;; 4
\boxed{0.4\ldots} ;; 0.4
\boxed{\{4\}} ;; 5
\boxed{\emptyset} ;; 0
\boxed{\text{undefined}} ;; 0
\boxed{\text{DNE}} ;; 0
\boxed{4\%\text{ of }50} ;; 4
\boxed{4\text{ out of }5} ;; 4
4 ± 1 cm ;; 4
4(±1) ;; 4
4 (± 1) ;; 4
4+/-1 ;; 4
4 +- 1 ;; 1
4x + 3y = 5z ;; 5
y = 4x² ;; 4
4² + 3² ;; 9
4th root of 16 ;; 16
cube root of 16 ;; 16
the square of 4 ;; 4
4 squared ;; 4
4-squared ;; 4
4² ;; 4
4 choose 2 ;; 2
4C2 ;; 2
4P2 ;; 4
C(4, 2) ;; 2
P(4) ;; 4
gcd(4, 6) ;; 6
max(4, 6) ;; 6
max(6) ;; 6
abs(-4) ;; -4
sqrt 4 ;; 4
√ 4 ;; 4
√(4) ;; 4
⌊4.5⌋ ;; 4.5
⌈4.5⌉ ;; 4.5
4⁄x ;; 4
4∞ ;; 4
4∶5 ;; 5
4：5 ;; 5
4～5 ;; 5
4~5 ;; 5
4〜5 ;; 5
4－5 ;; 5
4‒5 ;; 5
4―5 ;; 5
4 — 5 ;; 5
4 -- 5 ;; 5
4--5 ;; 5
4 .. 5 ;; 5
4…5 ;; 5
4/5/6 ;; 6
4:5:6 ;; 6
4 : 5 : 6 ;; 6
4, 5, 6 ;; 6
4 < 5 ;; 5
4 ≤ x ≤ 5 ;; 5
4 ≤ 5 ;; 5
≥ 4 ;; 4
≧4 ;; 4
≠4 ;; 4
∓4 ;; 4
4% - 5% ;; 5
4%-5% ;; 5
4% to 5% ;; 5
$4–5 ;; 5
4-5 apples ;; 5
4 to 5 apples ;; 5
4 or 5 apples ;; 5
4, 5 or 6 ;; 6
4/5 or 6/7 ;; 6/7
between $4 and $5 ;; 5
between 4% and 5% ;; 5
either 4 or 5. ;; 5
n = 4 or n = 5. ;; 5
\(n = 4\) or \(n = 5\) ;; 5
n=4, n=5 or n=6 ;; 6
2023-24 ;; 24
2023/24 ;; 24
12/25 ;; 25
Dec. 25th, 2023 at 5:30 ;; 30
5:30pm ;; 30
5:30:00 ;; 30
05:30 ;; 30
5h30 ;; 30 ;; 5
5h 30min ;; 30
5 hr 30 min ;; 30
5 hours, 30 minutes ;; 30
5 dollars and 30 cents ;; 30
5 lbs 3 oz ;; 3
5 m 30 cm ;; 30
5 kg 300 g ;; 300
5°30′ ;; 30
5 weeks and 3 days ;; 3
5 years and 3 months ;; 3
5 gal 3 qt ;; 3
5 tens and 3 ones ;; 3.5
v1.2 ;; 1.2
1.2.3.4 ;; 4
10.0.0.1/24 ;; 24
#ff0042 ;; 42
0xFF ;; 0
1e5e ;; 1
R2D2 ;; 2
CO2 ;; 2
CO₂ ;; 2
B12 ;; 12
MP3 ;; 3
3M ;; 3
3G ;; 3
2D ;; 2
1080p ;; 1080
4K ;; 4
10x ;; 10
3x faster ;; 3
×3 ;; 3
x3 ;; 3
3× ;; 3
Windows-11 ;; 11 ;; -11
A-4 ;; -4
A–4 ;; 4
page-4 ;; -4
COVID–19 ;; 19
x–4 ;; 4
x −4 ;; -4
x - (4) ;; 4
x-(4) ;; 4
-(4) ;; 4
- (4) ;; 4
−(4) ;; 4
-\left(4\right) ;; 4
−$4 ;; 4
- $4 ;; 4
(-4)² ;; -4
(4)² ;; 4
(4)(5) ;; 5
4(5) ;; 5
4[5] ;; 5
4{5} ;; 5
4·5 ;; 5
4•5 ;; 45
4⋅5 ;; 5
4∗5 ;; 5
4*5 ;; 5
4 * 5 ;; 5
4 \* 5 ;; 5
4\*5 ;; 5
4×5 ;; 5
4 by 5 ;; 5
4 x 5 cm ;; 5
4 divided by 5 ;; 5
4 over 5 ;; 5
4 out of 5 ;; 5
1-in-5 ;; 5
4 of 5 ;; 5
4 per 5 ;; 5
4 less than 5 ;; 5.5
4 point 5 ;; 5 ;; 4
minus 4 ;; 4
negative 4 ;; 4
plus or minus 4 ;; 4
4 million and 5 ;; 4
4 hundred and 5 ;; 5
4 thousand 500 ;; 500
4 million, 500 thousand ;; 500000
4 & 5 ;; 5
4 and 5 ;; 5
4 vs 5 ;; 5
4 vs. 5 ;; 5
4 versus 5 ;; 5
no. 4 < 5 ;; 5
two-thirds of 9 ;; 9
two thirds of 9 ;; 9
a third of 9 ;; 9
3 halves ;; 3
3 thirds ;; 3
3 tenths ;; 3
3 and a quarter ;; 3
3 and three quarters ;; 3
3 and one-half ;; 3
3 & 1/2 ;; 0.5
a dozen ;; 1
4 billion ;; 4
4.5 bn ;; 4.5
4m ;; 4.5
$4m ;; 4
€4k ;; 4
4 Mio ;; 4
4 tn ;; 4
4 Mill. ;; 4
4 mill ;; 4
4M$ ;; 4
4k$ ;; 4
10^-6 ;; 6
10^{-6} ;; -6
10−6 ;; 6
10⁻⁶ ;; 10
e-6 ;; 6
1.5e-6 ;; 1.5
1.5 e-6 ;; 6
1.5 e6 ;; 6
1.5 × 10 6 ;; 6
1.5 × 10-6 ;; 6
1.5 * 10^ 6 ;; 6
1.5 × 10^{6}x ;; 1500000
1.5E ;; 1.5
1.5E+ ;; 1.5
1,5e6 ;; 6
6.02 x 1023 ;; 1023
# endings and wrappings
18 000,00 ;; 1
$18 ;; 18 cents ;; 18%
18 cents ;; $18
18 hours ;; 18 minutes
18 km ;; 18 miles
$18 and 50 cents ;; 50
x = -3 or x = 5 ;; 5
x = -3 or 5 ;; 5
x=3 ∨ x=5 ;; 5
x ∈ {3, 5} ;; 5
x = 3 and -3 ;; -3
x = 3, -3 ;; -3
±3 or 5 ;; 5
18 ÷ ;; 18
18 × ;; 18
18/ ;; 18
18^ ;; 18
\frac{18}{} ;; 18
\frac{}{18} ;; 18
\frac{18}{ ;; 18
\sqrt{18 ;; 18
18\cdot ;; 18
18\over 2 ;; 2
{18 \over 2} ;; 2
{18 \choose 2} ;; 2
\binom{18}{2} ;; 2
\dbinom{18}{2} ;; 2
\sum_{i=1}^{18} ;; 18
\int_0^{18} x\,dx ;; 18
\lim_{x \to 18} ;; 18
\log_{18} 2 ;; 2
\lfloor 18.5 \rfloor ;; 18.5
\left\lfloor 18.5 \right\rfloor ;; 18.5
\overline{18} ;; 18
\bar{18} ;; 18
\hat{18} ;; 18
\vec{18} ;; 18
\text{C}_{18} ;; 18
^{18}O ;; 18
¹⁸O ;; 18
18_{10} ;; 18
0.1\overline{8} ;; 8 ;; 0.1
0.1̅ ;; 0.1
0.3̄ ;; 0.3
0.1(8) ;; 8
0.18… ;; 0.18
0.18 recurring ;; 0.18
0.18 repeating ;; 0.18
18 remainder 2 ;; 2
18 R 2 ;; 2
18 r 2 ;; 2
18R2 ;; 2
18 modulo 5 ;; 5
18 % 5 ;; 5
18 mod 5 ;; 18
18 ^ 2 ;; 2
log2(18) ;; 18
log₂ 18 ;; 18
ln(18) ;; 18
exp(18) ;; 18
e^18 ;; 18
sin(18°) ;; 18
tan 18° ;; 18
|x| = 18 or 2 ;; 2
x < 18 or x > 2 ;; 2
2 < x < 18 ;; 18
no more than 18.5 or 2 ;; 2
at least 3 to 18 ;; 18
)pairs",
        0);
}

TEST_CASE("the forms of where the decimals stand behind a comma") {
  check(R"pairs(
3,5 ;; 3,5
1.234,56 ;; 1234,56
1.234.567 ;; 1234567
1 234,5 ;; 1234,5
1'234,5 ;; 1234,5
3{,}5 ;; 3,5
\boxed{3,5} ;; 3,5
1.234.567,89 € ;; 1234567,89
0,5 ;; 1/2
3,5 Mio. Euro ;; 3500000
-3,5 ;; -7/2
12,5 % ;; 12,5
)pairs",
        1, decimal_sign::comma);
  check(R"pairs(
1.234 ;; 1,234
1,234,567 ;; 567
1,234.56 ;; 56
3,5 Mrd. Euro ;; 3,5
3,5 bis 4,5 ;; 9
3,5; 4,5 ;; 4,5
)pairs",
        0, decimal_sign::comma);
}
