"""Phone numbers: one spelling inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules import PhoneRefused, mask_phone, normalise_phone

chinese = st.builds(
    lambda second, rest: f"1{second}{rest:09d}",
    st.integers(3, 9),
    st.integers(0, 999_999_999),
)
foreign = st.from_regex(r"\+[1-79][0-9]{6,14}", fullmatch=True).filter(
    lambda number: not number.startswith("+86")
)


def written_by_people(number: str, spaces: list[int], wide: bool) -> str:
    """The number with separators in places, perhaps in full-width digits."""
    for place in spaces:
        place %= len(number) + 1
        number = number[:place] + " -.()"[place % 5] + number[place:]
    if wide:
        number = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() or c == "+" else c for c in number)
    return number


class TestNormalising:
    @given(chinese, st.lists(st.integers(0, 20), max_size=5), st.booleans())
    def test_a_chinese_mobile_number_gets_its_country(self, number, spaces, wide) -> None:
        written = written_by_people(number, spaces, wide)

        assert normalise_phone(written) == "+86" + number

    @given(foreign, st.lists(st.integers(1, 20), max_size=5), st.booleans())
    def test_another_country_keeps_its_own(self, number, spaces, wide) -> None:
        assert normalise_phone(written_by_people(number, spaces, wide)) == number

    @given(st.one_of(chinese.map(lambda n: "+86" + n), foreign))
    def test_the_form_inside_is_a_fixed_point(self, number) -> None:
        assert normalise_phone(number) == number
        assert normalise_phone("00" + number[1:]) == number

    @given(st.text(max_size=40))
    def test_anything_else_is_refused_or_is_e164(self, text) -> None:
        try:
            number = normalise_phone(text)
        except PhoneRefused:
            return
        assert number[0] == "+"
        assert number[1:].isascii()
        assert number[1:].isdigit()
        assert 8 <= len(number) <= 16

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "12345678901",  # 11 digits, but 12… is no mobile number
            "1381234567",  # ten digits
            "138123456789",  # twelve
            "8613812345678",  # no plus: could be anybody's
            "+8612345678901",
            "+861381234567",
            "+86138123456789",
            "+012345678",
            "+123456",
            "+1234567890123456",
            "+1+2345678",
            "٠١٣٨١٢٣٤٥٦٧٨",
            "13812345678x",
            "+４４ 7700 900 123 4567 89",
        ],
    )
    def test_what_is_no_number_is_refused(self, text) -> None:
        with pytest.raises(PhoneRefused):
            normalise_phone(text)


class TestMasking:
    @given(st.one_of(chinese.map(lambda n: "+86" + n), foreign))
    def test_a_mask_hides_at_least_three_digits(self, number) -> None:
        masked = mask_phone(number)

        shown = sum(char.isdigit() for char in masked)
        assert len(number) - 1 - shown >= 3
        assert number[-2:] == masked[-2:]

    def test_a_chinese_number_is_recognised_by_its_owner(self) -> None:
        assert mask_phone("+8613812345678") == "+86 138****5678"
