"""Pure maths on numbers, arrays and strings: no guerdon types, nothing imported until it is asked for."""
