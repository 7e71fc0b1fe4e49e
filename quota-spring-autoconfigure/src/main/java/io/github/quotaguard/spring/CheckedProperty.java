package io.github.quotaguard.spring;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Hands properties to the code that knows what is allowed, and adds their names to what that code says. */
final class CheckedProperty {

    private CheckedProperty() {}

    /**
     * Sets an option to the value of a property.
     *
     * @param options a builder, or an immutable value with options
     * @param property the property's full name
     * @param value its value, null if it is not set
     * @param setter sets the option, or refuses the value with an {@link IllegalArgumentException}
     * @return what the setter returned; {@code options} if the property is not set
     * @throws InvalidConfigurationPropertyValueException if the value was refused
     */
    static <T, V> T set(T options, String property, @Nullable V value, BiFunction<T, V, T> setter) {
        return value == null ? options : read(property, value, known -> setter.apply(options, known));
    }

    /**
     * Makes something of the value of a property.
     *
     * @param property the property's full name
     * @param value its value
     * @param reader makes it, or refuses the value with an {@link IllegalArgumentException}
     * @return what the reader returned
     * @throws InvalidConfigurationPropertyValueException if the value was refused
     */
    static <T, V> T read(String property, V value, Function<V, T> reader) {
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            // Its constructor with a cause is not public before Spring Boot 4.1.
            InvalidConfigurationPropertyValueException invalid =
                    new InvalidConfigurationPropertyValueException(property, value, e.getMessage());
            invalid.addSuppressed(e);
            throw invalid;
        }
    }
}
